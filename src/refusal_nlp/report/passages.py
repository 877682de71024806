"""The quoted words of a refusal, put together as they stand in the message."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

from refusal_nlp.spans import overlaps


def passages(row: dict[str, Any], deciding: list[str]) -> list[dict[str, Any]]:
    """Return the passages in the order of the message; findings that overlap are one passage.

    Parameters
    ----------
    row : dict
        See `refusal_nlp.report.rows.row_of`.
    deciding : list of str
        Signals whose words decide the label.

    Returns
    -------
    list of dict
        ``pieces``: pairs of a text and the code of the reason that it states, or ""; ``signals`` and ``reasons``: codes; ``decides``: bool.

    """
    found = [{**item, "kind": kind} for kind in ("signals", "reasons") for item in row[kind] if item["quote"]]
    out = []
    for group in _groups(found):
        signals = list(dict.fromkeys(item["code"] for item in group if item["kind"] == "signals"))
        reasons = list(dict.fromkeys(item["code"] for item in group if item["kind"] == "reasons"))
        out.append({"pieces": _pieces(group), "signals": signals, "reasons": reasons, "decides": bool(set(signals) & set(deciding))})
    return out


def _groups(found: list[dict[str, Any]]) -> list[list[dict[str, Any]]]:
    """Findings that overlap in the same field together; one whose place is not known stands alone."""
    groups: list[list[dict[str, Any]]] = []
    fields = {"subject": 0, "body": 1, "sender": 2}
    placed = [item for item in found if item["start"] is not None]
    for item in sorted(placed, key=lambda one: (fields.get(one["field"], 1), one["start"], -one["end"])):
        last = groups[-1] if groups else None
        if last and last[0]["field"] == item["field"] and overlaps((last[0]["start"], max(one["end"] for one in last)), (item["start"], item["end"])):
            last.append(item)
        else:
            groups.append([item])
    return groups + [[item] for item in found if item["start"] is None]


def _pieces(group: list[dict[str, Any]]) -> list[tuple[str, str]]:
    if group[0]["start"] is None:
        return [(group[0]["quote"], group[0]["code"] if group[0]["kind"] == "reasons" else "")]
    borders = sorted({place for item in group for place in (item["start"], item["start"] + len(item["quote"]))})
    pieces: list[tuple[str, str]] = []
    for start, end in pairwise(borders):
        covering = [item for item in group if item["start"] <= start and end <= item["start"] + len(item["quote"])]
        if not covering:
            continue
        text = covering[0]["quote"][start - covering[0]["start"] : end - covering[0]["start"]]
        reason = next((item["code"] for item in covering if item["kind"] == "reasons"), "")
        if pieces and pieces[-1][1] == reason:
            pieces[-1] = (pieces[-1][0] + text, reason)
        else:
            pieces.append((text, reason))
    return pieces
