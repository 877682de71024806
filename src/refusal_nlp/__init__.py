"""Tell messages that turn a job applicant down, quote their reasons, suggest a polite question. Everything runs offline."""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from refusal_nlp.api import analyze, classify_frame, evaluate, load, read_mailbox, scan, summarize, train
    from refusal_nlp.classify import RefusalClassifier
    from refusal_nlp.errors import RefusalError
    from refusal_nlp.reader import RefusalReader
    from refusal_nlp.report.summary import Summary
    from refusal_nlp.types import Advice, Analysis, Facts, FollowUp, Label, LegalNote, Mail, Reason, ReasonCode, Sensitive, Signal, SignalCode, Stage

__version__ = "0.1.0"

__all__ = [
    "Advice",
    "Analysis",
    "Facts",
    "FollowUp",
    "Label",
    "LegalNote",
    "Mail",
    "Reason",
    "ReasonCode",
    "RefusalClassifier",
    "RefusalError",
    "RefusalReader",
    "Sensitive",
    "Signal",
    "SignalCode",
    "Stage",
    "Summary",
    "__version__",
    "analyze",
    "classify_frame",
    "evaluate",
    "load",
    "read_mailbox",
    "scan",
    "summarize",
    "train",
]

_HOME = {
    **dict.fromkeys(["analyze", "classify_frame", "evaluate", "load", "read_mailbox", "scan", "summarize", "train"], "api"),
    **dict.fromkeys(["Advice", "Analysis", "Facts", "FollowUp", "Label", "LegalNote", "Mail"], "types"),
    **dict.fromkeys(["Reason", "ReasonCode", "Sensitive", "Signal", "SignalCode", "Stage"], "types"),
    "RefusalClassifier": "classify",
    "RefusalError": "errors",
    "RefusalReader": "reader",
    "Summary": "report.summary",
}


def __getattr__(name: str) -> Any:
    """Import a public name on first use (PEP 562): importing the package loads neither spaCy nor scikit-learn."""
    if name in _HOME:
        return getattr(importlib.import_module(f"{__name__}.{_HOME[name]}"), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted(__all__)
