"""Whose words are whose: quoted mail, signature and legal footer as spans over the untouched text."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

from refusal_nlp.lexicon.load import Rule, rules
from refusal_nlp.spans import Span, complement, merge

ZoneKind = Literal["quoted", "signature", "footer"]
_COVER_NOTE = 40  # words: more than a note on top of a forwarded message
_NEAR = 200  # characters below an attribution in which the quotation begins
_HARDLY_A_WORD = 4  # with less of their own, the quoted mail is the content


@dataclass(frozen=True, kw_only=True, slots=True)
class Zone:
    """A part of the text that is not the writer's own words; half-open, in characters."""

    kind: ZoneKind
    start: int
    end: int


def _rules(code: str) -> list[Rule]:
    return [rule for rule in rules("zones.toml") if rule.code == code]


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
    above = ""  # own words of the stretches before
    for start, end in complement(quoted, len(text)):
        cut = end
        if (at := _signature(text, start, end, above)) is not None:
            cut = at
            found.append(Zone(kind="signature", start=cut, end=end))
        lines = [m.span() for rule in (*_rules("device"), *_rules("line")) for m in rule.pattern.finditer(text, start, cut)]
        found += [Zone(kind="signature", start=s, end=e) for s, e in merge(lines)]
        above += text[start:cut]
        # A footer ends a message: a line about unsubscribing in the first half is content.
        footers = [m.start() for rule in _rules("footer") for m in rule.pattern.finditer(text, start, cut)]
        late = [at for at in footers if at > start + (cut - start) / 2]
        if late:
            found = [zone for zone in found if not min(late) <= zone.start < cut]
            found.append(Zone(kind="footer", start=min(late), end=cut))
    return sorted(found, key=lambda z: z.start)


def own_spans(text: str, subject: str | None = None) -> list[Span]:
    """Return the spans of the writer's own words."""
    return complement([(z.start, z.end) for z in zones(text, subject)], len(text))


def _signature(text: str, start: int, end: int, before: str) -> int | None:
    """Where the signature of a stretch begins: below a line of dashes, unless the letter itself stands there."""
    for rule in _rules("signature"):
        for found in rule.pattern.finditer(text, start, end):
            above, below = before + text[start : found.start()], text[found.end() : end]
            hollow = not above.strip() or any(greeting.pattern.match(above) for greeting in _rules("greeting"))
            if not hollow and (len(above.split()) >= _HARDLY_A_WORD or len(below.split()) < _COVER_NOTE):
                return found.start()
    return None


def _first(code: str, text: str, start: int = 0, end: int | None = None) -> re.Match[str] | None:
    found = [m for rule in _rules(code) if (m := rule.pattern.search(text, start, len(text) if end is None else end))]
    return min(found, key=re.Match.start, default=None)


def _quoted(text: str, subject: str | None) -> list[Span]:
    spans: list[Span] = [m.span() for rule in _rules("quoted_lines") for m in rule.pattern.finditer(text)]
    # Below an attribution everything is quoted, unless the quotation is marked line by line: then unmarked lines are answers.
    if thread := _first("attribution", text):
        marked = text[thread.end() : thread.end() + _NEAR].lstrip().startswith(">")
        spans.append((thread.start(), thread.end() if marked else len(text)))
    spans = merge(spans)
    own = " ".join(text[s:e] for s, e in complement(spans, len(text)))
    for rule in _rules("device"):
        own = rule.pattern.sub("", own)
    words = len(own.split())
    forwarded = _first("forward_subject", subject or "") or (words < _COVER_NOTE and _first("forward", own))
    least = 1 if thread else _HARDLY_A_WORD  # who answers writes something, were it "Thanks"
    return [] if words < least or forwarded else spans
