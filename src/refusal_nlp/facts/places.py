"""Where facts are looked for, and what was found there: every finding keeps its place."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from refusal_nlp.lexicon.load import rules
from refusal_nlp.types import Field

_DANGLING = re.compile(
    r"(?:[\s,:;|(\[“\"–/&-]|['’]s\b|\b(?:and|of|for|or|in|at|with|the|here)\b)+\Z", re.I
)  # a name ends with a word, not with what joins it to the next
_LEADING = re.compile(r"\A[\s,:;|“\"–/-]+")


@dataclass(frozen=True, kw_only=True, slots=True)
class Place:
    """A stretch of one field; half-open, in characters."""

    field: Field
    text: str
    start: int
    end: int

    @property
    def words(self) -> str:
        """The text of the stretch, white space made single."""
        return re.sub(r"\s+", " ", self.text[self.start : self.end])

    def cut(self, start: int, end: int) -> Place:
        """Return a part of the stretch; `start` and `end` count from its own beginning."""
        return Place(field=self.field, text=self.text, start=self.start + start, end=self.start + end)

    def trimmed(self) -> Place:
        """Return the stretch without marks and joining words at its ends."""
        raw = self.text[self.start : self.end]
        lead = match.end() if (match := _LEADING.match(raw)) else 0
        tail = match.start() if (match := _DANGLING.search(raw)) else len(raw)
        return self.cut(lead, max(lead, tail))


def matches(code: str, where: Place) -> Iterator[Place]:
    """Yield what the rules of a code take in a stretch, rule by rule."""
    for rule in rules("facts.toml"):
        if rule.code == code:
            for match in rule.pattern.finditer(where.text, where.start, where.end):
                yield Place(field=where.field, text=where.text, start=match.start("span"), end=match.end("span"))


def whole(field: Field, text: str | None) -> Place:
    """Return all of a field."""
    return Place(field=field, text=text or "", start=0, end=len(text or ""))


def is_a(code: str, name: str) -> bool:
    """Whether a name is what the rules of a code catch."""
    return any(rule.pattern.search(name) for rule in rules("facts.toml") if rule.code == code)


def without(code: str, name: str) -> str:
    """Return a name without what the rules of a code catch."""
    for rule in rules("facts.toml"):
        if rule.code == code:
            name = rule.pattern.sub(" ", name)
    return re.sub(r"\s+", " ", name).strip(" -,|@&")


def letters(text: str) -> str:
    """Return letters and digits alone, in lower case."""
    return "".join(c for c in text.casefold() if c.isalnum())
