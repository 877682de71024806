"""When an application was made, where the mailbox shows it beside the refusal."""

from __future__ import annotations

import bisect
import datetime as dt
import re
from collections import defaultdict
from collections.abc import Sequence
from typing import Any

from refusal_nlp.lexicon.load import rules
from refusal_nlp.mail.address import name_and_address
from refusal_nlp.types import Label

LONGEST = 400  # days: what lies further back was another application
_ANSWER = re.compile(r"^\s*(?:(?:re|aw|fwd?|wg|antwort)\s*(?:\[\d+\])?\s*:\s*)+", re.I)
_SHORT = 8  # characters: "Hello" joins nothing
_NAMING = 4  # characters of a domain that can name a company


def waits(rows: Sequence[dict[str, Any]]) -> list[int | None]:
    """Return for each row the days from the application to the refusal; None where it is no refusal or no application is seen.

    An application is seen in a message that is no refusal, is older by at most `LONGEST` days, and either has the same subject line ("Re:" and the
    like aside; the first of these counts), or comes from the same sender or the company's own domain under a subject that
    confirms its receipt (the last of these counts: people apply to a company more than once).

    Parameters
    ----------
    rows : sequence of dict
        See `refusal_nlp.report.rows.row_of`.

    """
    threads: dict[str, list[dt.datetime]] = defaultdict(list)
    receipts: dict[str, list[dt.datetime]] = defaultdict(list)
    for row in rows:
        date = moment(row["date"])
        if date is None or row["label"] != Label.NOT_REFUSAL:
            continue
        if thread := _thread(row["subject"]):
            threads[thread].append(date)
        if any(rule.pattern.search(row["subject"] or "") for rule in rules("applications.toml")):
            receipts[_sender(row)].append(date)
            receipts[f"@{_domain(row)}"].append(date)
    for dates in (*threads.values(), *receipts.values()):
        dates.sort()
    return [_wait(row, threads, receipts) for row in rows]


def moment(date: object) -> dt.datetime | None:
    """Return the moment that a cell names, aware; None where it names none.

    >>> moment("2024-03-04T10:00:00+01:00").isoformat(), moment("soon")
    ('2024-03-04T10:00:00+01:00', None)
    """
    if not isinstance(date, dt.datetime):
        try:
            date = dt.datetime.fromisoformat(str(date))
        except ValueError:
            return None
    return date if date.tzinfo else date.replace(tzinfo=dt.UTC)


def _wait(row: dict[str, Any], threads: dict[str, list[dt.datetime]], receipts: dict[str, list[dt.datetime]]) -> int | None:
    date = moment(row["date"])
    if date is None or row["label"] in {None, str(Label.NOT_REFUSAL)}:
        return None
    earliest = date - dt.timedelta(days=LONGEST)
    same = _between(threads.get(_thread(row["subject"]), []), earliest, date)
    confirmed = [when for key in _keys(row) for when in _between(receipts.get(key, []), earliest, date)[-1:]]
    applied = same[0] if same else max(confirmed, default=None)
    return None if applied is None else (date - applied).days


def _between(dates: list[dt.datetime], first: dt.datetime, last: dt.datetime) -> list[dt.datetime]:
    return dates[bisect.bisect_left(dates, first) : bisect.bisect_left(dates, last)]


def _thread(subject: str | None) -> str:
    words = " ".join(_ANSWER.sub("", subject or "").casefold().split())
    return words if len(words) >= _SHORT else ""


def _sender(row: dict[str, Any]) -> str:
    """Name and address together: systems write for many companies from one address."""
    return " ".join(name_and_address(row["sender"])).strip().casefold()


def _domain(row: dict[str, Any]) -> str:
    return name_and_address(row["sender"])[1].rpartition("@")[2].casefold()


def _keys(row: dict[str, Any]) -> list[str]:
    """The sender; also the sender's domain, where it bears the name of the company and so is not that of a system or of everybody."""
    company = re.sub(r"\W", "", str(row["company"] or "")).casefold()
    domain = _domain(row)
    own = any(len(label) >= _NAMING and label.replace("-", "") in company for label in domain.split(".")[:-1])
    return [key for key in (_sender(row), f"@{domain}" if own else "") if key]
