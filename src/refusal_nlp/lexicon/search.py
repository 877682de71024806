"""Which rules can match where in a text: a cheap search for the literals that they need, before the search for the rules themselves."""

from __future__ import annotations

import bisect
import functools
from collections.abc import Sequence

from refusal_nlp.lexicon.load import Rule, rules

_Triple = tuple[str, ...]  # three characters that follow each other


def possible(name: str, folded: str) -> list[Rule]:
    """Return the rules of one shipped file that can match a text, given case-folded."""
    return possible_by_row(name, folded, [0, len(folded)])[0]


def possible_by_row(name: str, folded: str, bounds: Sequence[int]) -> list[list[Rule]]:
    """Return the rules of one shipped file that can match in each row of a text: one search for their literals through the whole of it.

    Parameters
    ----------
    name : str
        A rule file of the package.
    folded : str
        The text, case-folded by `same_length_casefold`.
    bounds : sequence of int, shape (n + 1,)
        Ascending. Row ``i`` is the half-open ``folded[bounds[i]:bounds[i + 1]]``, in characters; what stands outside the bounds belongs to no row.

    Returns
    -------
    list of list of Rule, shape (n,)
        In the order of the file.

    """
    n_rows = len(bounds) - 1
    found: dict[int, set[int]] = {number: set(range(n_rows)) for number in _without_literals(name)}
    here = _triples(folded)
    for literal, start, owners in _literals(name):
        if start in here or len(start) < 3:  # most literals end here: a look into a set instead of a search through the text
            rows = _rows_with(literal, folded, bounds)
            for owner in owners if rows else ():
                found.setdefault(owner, set()).update(rows)
    out: list[list[Rule]] = [[] for _ in range(n_rows)]
    for number in sorted(found):
        for row in found[number]:
            out[row].append(rules(name)[number])
    return out


def _rows_with(literal: str, folded: str, bounds: Sequence[int]) -> list[int]:
    """Rows in which a literal begins."""
    rows = []
    at = folded.find(literal, bounds[0], bounds[-1])
    while at >= 0:
        rows.append(bisect.bisect_right(bounds, at) - 1)
        at = folded.find(literal, bounds[rows[-1] + 1], bounds[-1])  # the rest of this row tells nothing new
    return rows


@functools.lru_cache(maxsize=1)  # several files are asked about one text, one after the other
def _triples(folded: str) -> frozenset[_Triple]:
    return frozenset(zip(folded, folded[1:], folded[2:], strict=False))


@functools.cache
def _literals(name: str) -> tuple[tuple[str, _Triple, tuple[int, ...]], ...]:
    """Each literal of a file, its first three characters and the numbers of the rules that need it."""
    owners: dict[str, list[int]] = {}
    for number, rule in enumerate(rules(name)):
        for literal in rule.needed:
            owners.setdefault(literal, []).append(number)
    return tuple((literal, tuple(literal[:3]), tuple(numbers)) for literal, numbers in sorted(owners.items()))


@functools.cache
def _without_literals(name: str) -> tuple[int, ...]:
    """Numbers of the rules that may match any text."""
    return tuple(number for number, rule in enumerate(rules(name)) if not rule.needed)
