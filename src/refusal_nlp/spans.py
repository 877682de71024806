"""Arithmetic of half-open spans ``[start, end)`` in characters: the only place that compares offsets."""

from __future__ import annotations

from collections.abc import Iterable

Span = tuple[int, int]


def overlaps(a: Span, b: Span) -> bool:
    """Whether two spans share a character; an empty span overlaps nothing.

    >>> overlaps((0, 3), (2, 5)), overlaps((0, 3), (3, 5))
    (True, False)
    """
    return max(a[0], b[0]) < min(a[1], b[1])


def contains(outer: Span, inner: Span) -> bool:
    """Whether `inner` lies within `outer`.

    >>> contains((0, 5), (2, 5)), contains((0, 5), (2, 6))
    (True, False)
    """
    return outer[0] <= inner[0] and inner[1] <= outer[1]


def merge(spans: Iterable[Span]) -> list[Span]:
    """Join spans that touch or overlap, in order.

    >>> merge([(5, 7), (0, 2), (2, 3)])
    [(0, 3), (5, 7)]
    """
    out: list[Span] = []
    for start, end in sorted(s for s in spans if s[0] < s[1]):
        if out and start <= out[-1][1]:
            out[-1] = (out[-1][0], max(out[-1][1], end))
        else:
            out.append((start, end))
    return out


def complement(spans: Iterable[Span], length: int) -> list[Span]:
    """Return what `spans` leave of ``[0, length)``.

    >>> complement([(2, 4)], 6)
    [(0, 2), (4, 6)]
    """
    out, at = [], 0
    for start, end in merge(spans):
        if at < start:
            out.append((at, min(start, length)))
        at = max(at, end)
    if at < length:
        out.append((at, length))
    return out


def strip(text: str, span: Span) -> Span:
    """Shrink a span past white space at both its ends.

    >>> strip(" ab ", (0, 4))
    (1, 3)
    """
    start, end = span
    while start < end and text[start].isspace():
        start += 1
    while end > start and text[end - 1].isspace():
        end -= 1
    return start, end
