"""Where the reason rules match in a sentence, and whether the place counts as stated."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from refusal_nlp.features import Sentence
from refusal_nlp.lexicon.load import Rule, same_length_casefold
from refusal_nlp.lexicon.search import possible, possible_by_row
from refusal_nlp.spans import Span, overlaps, strip


@dataclass(frozen=True, kw_only=True, slots=True)
class Match:
    """A match of a reason rule; `span` is half-open in characters of the text, `blocked` where a scope cue covers it."""

    rule: Rule
    span: Span
    blocked: bool


def matches_in(text: str, blocked: Sequence[Span] = (), *, start: int = 0, among: Sequence[Rule] | None = None) -> list[Match]:
    """Return what the reason rules find.

    Parameters
    ----------
    text : str
        A sentence or a subject line.
    blocked : sequence of (int, int)
        Passages that state nothing, see `refusal_nlp.features.Message`.
    start : int
        Offset of the text: spans come out, and `blocked` is, in characters of the whole.
    among : sequence of Rule, optional
        The rules that can match; default those whose literals stand in the text.

    """
    out = []
    for rule in possible("reasons.toml", same_length_casefold(text)) if among is None else among:
        for match in rule.pattern.finditer(text):
            first, last = match.span("span" if "span" in rule.pattern.groupindex else 0)
            first, last = strip(text, (first, _word_end(text, last)))
            if first < last:
                span = (start + first, start + last)
                out.append(Match(rule=rule, span=span, blocked=any(overlaps(span, b) for b in blocked)))
    return out


def matches_by_sentence(sentences: Sequence[Sentence], body: str, blocked: Sequence[Span]) -> list[list[Match]]:
    """Return the matches of `matches_in` for each sentence of a message."""
    near = _possible(sentences, body, "reasons.toml")
    return [matches_in(words_of(s, body), blocked, start=s.start, among=found) for s, found in zip(sentences, near, strict=True)]


def topics_by_sentence(sentences: Sequence[Sentence], body: str) -> list[list[str]]:
    """Return, for each sentence, the codes of reasons whose matter it touches, whether or not it states one."""
    found = _possible(sentences, body, "reason_topics.toml")
    return [[rule.code for rule in near if rule.pattern.search(body, s.start, s.end)] for s, near in zip(sentences, found, strict=True)]


def _possible(sentences: Sequence[Sentence], body: str, name: str) -> list[list[Rule]]:
    """The rules of a file that can match in each sentence."""
    return possible_by_row(name, same_length_casefold(body), [*(s.start for s in sentences), len(body)])


def words_of(sentence: Sentence, body: str) -> str:
    """Return the text of a sentence."""
    return body[sentence.start : sentence.end]


def _word_end(text: str, end: int) -> int:
    """Move an end that lies within a word to the end of the word: patterns with a limited gap may stop there."""
    while 0 < end < len(text) and text[end - 1].isalnum() and text[end].isalnum():
        end += 1
    return end
