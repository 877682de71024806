"""What a text must hold before a pattern can match it: a cheap test before a costly one."""

from __future__ import annotations

import re
from collections.abc import Iterable

# The parser of the standard library's own expressions: it has no public name, and writing another one would be worse.
from re import _constants as kinds  # type: ignore[attr-defined]
from re import _parser as parser  # type: ignore[attr-defined]
from typing import Any

_LEAST = 2  # a shorter literal stands in nearly every sentence


def needed_literals(pattern: re.Pattern[str]) -> frozenset[str]:
    r"""Return literals of which at least one stands in the case-folded text of every match; empty where there is no such set.

    >>> sorted(needed_literals(re.compile(r"\b(?:keep|hold)ing? (?:it )?on file", re.I)))
    ['on file']
    >>> sorted(needed_literals(re.compile(r"\b(?:keep|hold)(?:ing)?\b", re.I)))
    ['hold', 'keep']
    >>> sorted(needed_literals(re.compile(r"\w+")))
    []
    """
    return frozenset(_of_sequence(parser.parse(pattern.pattern, pattern.flags)))


def _of_sequence(items: Iterable[tuple[Any, Any]]) -> set[str]:
    """The most telling set among the parts that have to follow each other."""
    options: list[set[str]] = []
    run = ""
    for kind, value in items:
        if kind is kinds.LITERAL:
            run += chr(value)
            continue
        if kind is kinds.AT:
            continue  # a border has no width: the run goes on
        options += [{run}, _of_item(kind, value)]
        run = ""
    options.append({run})
    folded = [{text.casefold() for text in option} for option in options]
    fit = [option for option in folded if option and min(map(len, option)) >= _LEAST]
    return max(fit, key=lambda option: (min(map(len, option)), -len(option)), default=set())


def _of_item(kind: Any, value: Any) -> set[str]:
    if kind is kinds.SUBPATTERN:
        return _of_sequence(value[-1])
    if kind is kinds.BRANCH:
        branches = [_of_sequence(branch) for branch in value[1]]
        return set().union(*branches) if all(branches) else set()
    if kind in {kinds.MAX_REPEAT, kinds.MIN_REPEAT} and value[0] > 0:
        return _of_sequence(value[2])
    return set()
