"""Sensitive wording of a refusal, marked and quoted, and what the law says of it: information, not advice, and never an accusation."""

from __future__ import annotations

import functools
import tomllib
from collections.abc import Sequence

from refusal_nlp.errors import LexiconError
from refusal_nlp.features import Message
from refusal_nlp.lexicon.load import read_text, rules
from refusal_nlp.types import LegalNote, Mail, Reason, ReasonCode, Sensitive

_FIELDS = {"region", "text", "source", "seen"}


def find_sensitive(message: Message, mail: Mail, reasons: Sequence[Reason]) -> tuple[Sensitive, ...]:
    """Mark what names a protected ground, and words that may stand for one.

    Parameters
    ----------
    message : Message
    mail : Mail
        Offsets of the result are into its body.
    reasons : sequence of Reason
        Those with the code `protected` name a ground by what they quote.

    Returns
    -------
    tuple of Sensitive
        In the order of the text. A stated reason whose ground is not known by name has the ground "protected".

    """
    found = []
    for reason in reasons:
        if reason.code is ReasonCode.PROTECTED:
            grounds = [rule.says for rule in rules("legal.toml") if rule.code == "ground" and rule.pattern.search(reason.quote)]
            found += [Sensitive(kind="stated", ground=g, quote=reason.quote, start=reason.start, end=reason.end) for g in grounds or ["protected"]]
    for sentence in message.sentences:
        for rule in rules("legal.toml"):
            if rule.code == "proxy":
                for match in rule.pattern.finditer(mail.body, sentence.start, sentence.end):
                    found.append(Sensitive(kind="proxy", ground=rule.says, quote=match.group(), start=match.start(), end=match.end()))
    return tuple(sorted(found, key=lambda s: (s.start, s.kind, s.ground)))


def notes_for(sensitive: Sequence[Sensitive]) -> tuple[LegalNote, ...]:
    """Return the notes of all regions where a ground is stated; none for words that merely may stand for one."""
    return legal_notes() if any(s.kind == "stated" for s in sensitive) else ()


@functools.cache
def legal_notes() -> tuple[LegalNote, ...]:
    """Return the notes of ``lexicon/legal.toml``, each with its source and the month in which it was last checked.

    Raises
    ------
    LexiconError
        Where a note lacks a field.

    """
    out = []
    for row in tomllib.loads(read_text("legal.toml"))["note"]:
        if set(row) != _FIELDS or not all(row.values()):
            raise LexiconError(f"legal.toml: a note needs {', '.join(sorted(_FIELDS))}, has {', '.join(sorted(row))}")
        out.append(LegalNote(**row))
    return tuple(out)
