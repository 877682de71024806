"""Whose words are whose: quoted mail, signature and legal footer as spans over the untouched text."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

from refusal_nlp.spans import Span, complement, merge

ZoneKind = Literal["quoted", "signature", "footer"]


@dataclass(frozen=True, kw_only=True, slots=True)
class Zone:
    """A part of the text that is not the writer's own words; half-open, in characters."""

    kind: ZoneKind
    start: int
    end: int


_QUOTED_LINES = re.compile(r"(?m)^(?:[ \t]*>.*(?:\n|\Z))+")
_ATTRIBUTION = re.compile(
    r"(?m)^[ \t]*(?:"
    r"On [^\n]{6,120}(?:\n[^\n]{0,120})?\bwrote:"
    r"|(?:Am|Le|El) [^\n]{6,120}(?:\n[^\n]{0,120})?\b(?:schrieb|a écrit|escribió)\b[^\n]{0,60}:"
    r"|-{2,} ?(?:Original Message|Ursprüngliche Nachricht|Message d'origine|Mensaje original) ?-{2,}"
    r"|_{20,}[ \t]*\n(?=From: )"
    r"|From: [^\n]+\n(?:Sent|Date): [^\n]+\n(?:To|Subject): "
    r")[^\n]*"
)
_FORWARD = re.compile(
    r"(?im)^[ \t>*-]*(?:begin )?forwarded (?:message|by)|^[ \t-]*original message follows|\bfwd?:|\bfyi\b|see below|forwarding (?:this|you)|\bpasst? (?:this )?on\b"
)
_SIGNATURE = re.compile(r"(?m)^-- ?\n")
_FOOTER = re.compile(
    r"(?im)^[^\n]*\b(?:this (?:e-?mail|message)(?: and any (?:attachments?|files?)[^\n]{0,40})? (?:is|are|may contain)[^\n]{0,60}(?:confidential|privileged|intended)"
    r"|confidentiality notice|if you (?:are not the intended|have received this (?:e-?mail|message) in error)|unsubscribe\b|manage (?:your )?(?:e-?mail )?preferences"
    r"|view (?:this e-?mail )?in (?:your |a )?browser|all rights reserved|©)[^\n]*(?:\n(?!\n)[^\n]*){0,12}"
)


def zones(text: str, subject: str | None = None) -> list[Zone]:
    """Mark what is not the writer's own words.

    A forwarded message is content, not quotation. Where nothing but quotation would be left, nothing is marked as quoted.

    Parameters
    ----------
    text : str
        The body of a message.
    subject : str or None
        ``Fwd:`` in it makes quoted mail content.

    Returns
    -------
    list of Zone
        In order, without overlaps.

    """
    quoted = _quoted(text, subject)
    found: list[Zone] = [Zone(kind="quoted", start=s, end=e) for s, e in quoted]
    for start, end in complement(quoted, len(text)):
        cut = end
        if signature := _SIGNATURE.search(text, start, end):
            cut = signature.start()
            found.append(Zone(kind="signature", start=cut, end=end))
        # A footer ends a message: a line about unsubscribing in the first half is content.
        for footer in _FOOTER.finditer(text, start, cut):
            if footer.start() > start + (cut - start) / 2:
                found.append(Zone(kind="footer", start=footer.start(), end=cut))
                break
    return sorted(found, key=lambda z: z.start)


def own_spans(text: str, subject: str | None = None) -> list[Span]:
    """Return the spans of the writer's own words."""
    return complement([(z.start, z.end) for z in zones(text, subject)], len(text))


def _quoted(text: str, subject: str | None) -> list[Span]:
    spans: list[Span] = [m.span() for m in _QUOTED_LINES.finditer(text)]
    if (thread := _ATTRIBUTION.search(text)) and not _answers_inline(text, thread.end()):
        spans.append((thread.start(), len(text)))
    spans = merge(spans)
    own = " ".join(text[s:e] for s, e in complement(spans, len(text)))
    words = len(own.split())
    forwarded = re.match(r"\s*(?:fwd?|wg|tr|rv)\s*:", subject or "", re.I) or (words < 40 and _FORWARD.search(own))
    return [] if words < 4 or forwarded else spans


def _answers_inline(text: str, after: int) -> bool:
    """Whether the quotation below an attribution is marked with ``>``, so that unmarked lines are answers."""
    rest = text[after:].lstrip("\n")
    return rest.lstrip().startswith(">")
