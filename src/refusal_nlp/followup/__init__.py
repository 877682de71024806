"""Whether to answer a refusal, whom, and a draft where it makes sense: a request for advice, never a demand."""

from refusal_nlp.followup.politeness import Fault, lint
from refusal_nlp.followup.suggest import suggest
from refusal_nlp.followup.wording import Wording, read_templates, shipped_wording

__all__ = ["Fault", "Wording", "lint", "read_templates", "shipped_wording", "suggest"]
