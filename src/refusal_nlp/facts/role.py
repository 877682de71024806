"""The post that was applied for, as the message calls it."""

from __future__ import annotations

import functools
import re
from collections.abc import Iterator

from refusal_nlp.facts.places import Place, letters, matches, whole
from refusal_nlp.lexicon.load import compile_pattern, read_text, rules

_SMALL = frozenset("of and or for in the to at on with from a an & - – — | / : + level time entry part full senior junior trainee remote based".split())
_NOT_ROLE = re.compile(
    r"^(?:open|same|above|following|other|new|current|first|next|mentioned|advertised|company|team|job|position|role|"
    r"application|interview|update|status|outcome)s?$|^(?:hiring|recruit\w+|talent|hr) \w+$",
    re.I,
)
_TALK = re.compile(
    r"\b(?:we|you|your|our|have|has|had|was|were|is|are|will|that|which|who|this|these|those|not|been|unfortunately|thank|thanks|interest|applying|applied|"
    r"application|update|regarding|decided|receiv\w+|follow\w*|dear|process)\b",
    re.I,
)
_PARENTHESIS = re.compile(r"\([^)]*\)")
_WORDS = 14
_SEGMENT = re.compile(r"\s+[-–—|]\s+|:\s+|\s*\|\s*|\s+(?=at [A-Z])")


def find_role(text: Place, subject: str | None, company: str | None) -> Place | None:
    """Return the title of the post, where text or subject name it plainly.

    Parameters
    ----------
    text : Place
        The writer's own words.
    subject : str or None
    company : str or None
        Which is no title.

    """
    head = whole("subject", subject)
    found = [*_closed(text), *_open(text), *_closed(head), *_open(head), *_segments(head)]
    names = letters(company or "")
    bare = [_without_company(place, company) for place in found]
    usable = [place for place in bare if letters(place.words) not in {"", names} and not _NOT_ROLE.match(place.words)]
    return usable[0] if usable else None


def _without_company(place: Place, company: str | None) -> Place:
    """Cut " - Brot" after a title, and "Brot - " before it."""
    if company:
        raw = place.text[place.start : place.end]
        name = re.escape(company)
        if match := re.search(rf"\s+[-–—|]\s+{name}$", raw, re.I):
            place = place.cut(0, match.start())
        elif match := re.match(rf"{name}\s+[-–—|]\s+", raw, re.I):
            place = place.cut(match.end(), len(raw))
    return place


def _closed(where: Place) -> Iterator[Place]:
    for place in matches("role", where):
        title = _without_ids(place).trimmed()
        if _looks_like_a_title(title.words):
            yield title


def _open(where: Place) -> Iterator[Place]:
    for place in matches("role_open", where):
        title = _without_ids(place.trimmed()).trimmed()
        if _names_a_trade(title.words) and _looks_like_a_title(title.words):
            yield title


def _segments(subject: Place) -> Iterator[Place]:
    """Parts of a subject between dashes and bars that are a title as a whole: "Brot - Night Porter - Application"."""
    at = 0
    for match in [*_SEGMENT.finditer(subject.text), None]:
        place = subject.cut(at, match.start() if match else len(subject.text)).trimmed()
        title = _without_ids(place).trimmed()
        if _names_a_trade(title.words) and _looks_like_a_title(title.words):
            yield title
        at = match.end() if match else at


def _without_ids(place: Place) -> Place:
    """Cut requisition numbers at both ends."""
    for rule in rules("facts.toml"):
        raw = place.text[place.start : place.end]
        if rule.code == "role_id_before" and (match := rule.pattern.match(raw)):
            place = place.cut(match.end(), len(raw))
        elif rule.code == "role_id_after" and (match := rule.pattern.search(raw)):
            place = place.cut(0, match.start())
    return place


def _looks_like_a_title(title: str) -> bool:
    """Whether the words are those of a title: capitals, numbers, small joining words, names of trades."""
    words = _PARENTHESIS.sub(" ", title).replace("/", " / ").split()
    if not 0 < len(words) <= _WORDS or _TALK.search(title) or title.count("(") != title.count(")"):
        return False
    bare = [w.strip(",.:;\"“”'") for w in words]
    known = [not w or not w[0].isalpha() or w[0].isupper() or w.lower() in _SMALL or bool(_trade().fullmatch(w)) for w in bare]
    return all(known) and any(w[:1].isupper() for w in bare)


def _names_a_trade(title: str) -> bool:
    return bool(_trade().search(title))


@functools.cache
def _trade() -> re.Pattern[str]:
    """The names of trades, from the macro of the rule file."""
    import tomllib

    return compile_pattern(r"\b<trade>s?\b", tomllib.loads(read_text("facts.toml"))["macros"])
