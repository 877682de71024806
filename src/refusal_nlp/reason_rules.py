"""Where the reason rules match in a sentence, and whether the place counts as stated."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from refusal_nlp.features import Sentence
from refusal_nlp.lexicon.load import Rule, possible, same_length_casefold
from refusal_nlp.spans import Span, overlaps, strip


@dataclass(frozen=True, kw_only=True, slots=True)
class Match:
    """A match of a reason rule; `span` is half-open in characters of the text, `blocked` where a scope cue covers it."""

    rule: Rule
    span: Span
    blocked: bool


def matches_in(text: str, blocked: Sequence[Span] = (), *, start: int = 0) -> list[Match]:
    """Return what the reason rules find.

    Parameters
    ----------
    text : str
        A sentence or a subject line.
    blocked : sequence of (int, int)
        Passages that state nothing, see `refusal_nlp.features.Message`.
    start : int
        Offset of the text: spans come out, and `blocked` is, in characters of the whole.

    """
    out = []
    for rule in possible("reasons.toml", same_length_casefold(text)):
        for match in rule.pattern.finditer(text):
            first, last = match.span("span" if "span" in rule.pattern.groupindex else 0)
            first, last = strip(text, (first, _word_end(text, last)))
            if first < last:
                span = (start + first, start + last)
                out.append(Match(rule=rule, span=span, blocked=any(overlaps(span, b) for b in blocked)))
    return out


def topics_of(text: str) -> Iterator[str]:
    """Yield the codes of reasons whose matter a sentence touches, whether or not it states one."""
    for rule in possible("reason_topics.toml", same_length_casefold(text)):
        if rule.pattern.search(text):
            yield rule.code


def words_of(sentence: Sentence, body: str) -> str:
    """Return the text of a sentence."""
    return body[sentence.start : sentence.end]


def _word_end(text: str, end: int) -> int:
    """Move an end that lies within a word to the end of the word: patterns with a limited gap may stop there."""
    while 0 < end < len(text) and text[end - 1].isalnum() and text[end].isalnum():
        end += 1
    return end
