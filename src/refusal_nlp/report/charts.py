"""The numbers behind the pictures of the report page; drawing them is left to the page."""

from __future__ import annotations

import datetime as dt
import statistics
from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Any

from refusal_nlp.report.applications import moment
from refusal_nlp.types import REFUSALS, ReasonCode

_MONTHS = 36  # bars that fit beside each other; a longer time is shown by quarter, then by year
_WAITS = ((1, "same day"), (3, "1–2"), (8, "3–7"), (15, "8–14"), (31, "15–30"), (61, "31–60"), (91, "61–90"), (401, "over 90"))  # upper ends, excluded


def over_time(refusals: Iterable[dict[str, Any]]) -> dict[str, Any]:
    """Return counts by kind over time.

    Returns
    -------
    dict
        ``step``: month, quarter or year; ``labels``: every step from the first to the last, also those without a refusal; ``series``: label to counts.

    """
    dated = [(date, row["label"]) for row in refusals if (date := moment(row["date"]))]
    if not dated:
        return {"step": "month", "labels": [], "series": {}}
    months = [date.year * 12 + date.month - 1 for date, _ in dated]
    span = max(months) - min(months) + 1
    step, size = ("month", 1) if span <= _MONTHS else ("quarter", 3) if span <= 3 * _MONTHS else ("year", 12)
    steps = range(min(months) // size, max(months) // size + 1)
    counts = Counter((month // size, label) for month, (_, label) in zip(months, dated, strict=True))
    series = {str(label): [counts[one, str(label)] for one in steps] for label in REFUSALS}
    return {"step": step, "labels": [_name_of(one * size, step) for one in steps], "series": series}


def _name_of(month: int, step: str) -> str:
    year = month // 12
    return {"month": f"{year}-{month % 12 + 1:02}", "quarter": f"{year} Q{month % 12 // 3 + 1}", "year": str(year)}[step]


def stated_reasons(reasons: Counter[str], unexplained: int) -> dict[str, list[Any]]:
    """Return the bars of the picture of reasons, the commonest first, refusals without one last: ``codes``, ``counts``, ``sides``."""
    bars = [(code, n, ReasonCode(code).side) for code, n in sorted(reasons.items(), key=lambda item: (-item[1], item[0]))]
    everything = [*bars, ("none", unexplained, "none")] if unexplained else bars
    return {"codes": [bar[0] for bar in everything], "counts": [bar[1] for bar in everything], "sides": [bar[2] for bar in everything]}


def waiting(days: Sequence[int]) -> dict[str, Any]:
    """Return how many refusals came after how many days: ``labels``, ``counts``, ``known`` and ``median`` (None where nothing is known)."""
    counts = [0] * len(_WAITS)
    for one in days:
        counts[next((i for i, (end, _) in enumerate(_WAITS) if one < end), len(_WAITS) - 1)] += 1
    return {"labels": [name for _, name in _WAITS], "counts": counts, "known": len(days), "median": round(statistics.median(days)) if days else None}


def by_company(refusals: Iterable[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return companies with their refusals and roles, the most refusals first; names that differ only in case or spaces are one."""
    found: dict[str, dict[str, Any]] = {}
    for row in refusals:
        if not row["company"]:
            continue
        name = " ".join(str(row["company"]).split())
        one = found.setdefault(name.casefold(), {"name": name, "refusals": 0, "roles": []})
        one["refusals"] += 1
        if row["role"] and row["role"] not in one["roles"]:
            one["roles"].append(row["role"])
    return sorted(found.values(), key=lambda one: (-one["refusals"], one["name"].casefold()))


def today() -> str:
    """Return the day of now on this machine's calendar, as ISO 8601."""
    return dt.datetime.now().astimezone().date().isoformat()
