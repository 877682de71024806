"""The pipeline that the reader runs."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import spacy
from spacy.language import Language
from spacy.tokens import Doc

from refusal_nlp.pipeline import components
from refusal_nlp.types import Mail

MAX_CHARS = 30_000  # a longer message is read up to here: no refusal states its decision after some 5,000 words


def build_pipeline(lang: str = "en") -> Language:
    """Return a blank pipeline with our components.

    Parameters
    ----------
    lang : str
        A spaCy language code; only its tokenizer is used.

    """
    nlp = spacy.blank(lang)
    nlp.max_length = MAX_CHARS + 1
    for name in ("sentencizer", "refusal_zones", "refusal_sentences", "refusal_cues", "refusal_scope"):
        nlp.add_pipe(name)
    return nlp


def make_docs(nlp: Language, mails: Iterable[Mail]) -> Iterator[Doc]:
    """Yield a processed `Doc` for each message, in order; the subject travels in ``doc.user_data``."""
    for mail in mails:
        text = mail.body[:MAX_CHARS]
        doc = nlp.make_doc(text)
        doc.user_data |= {components.SUBJECT: mail.subject, components.TEXT: text}
        for _, pipe in nlp.pipeline:
            doc = pipe(doc)
        yield doc
