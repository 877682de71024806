"""A table that `scan` wrote, back to rows."""

from __future__ import annotations

import os
import pathlib
from collections.abc import Iterator
from typing import Any

from refusal_nlp.errors import FormatError, MissingFileError
from refusal_nlp.mail.table import records
from refusal_nlp.report.rows import COLUMNS
from refusal_nlp.report.tables import ENDINGS
from refusal_nlp.types import Advice, Label, ReasonCode, SignalCode

_NEEDED = ("label", "reasons", "needs_review")
_TRUE = {"true", "1", "wahr"}


def read_results(path: str | os.PathLike[str]) -> Iterator[dict[str, Any]]:
    """Yield the rows of a result, as `refusal_nlp.report.rows.row_of` made them.

    Parameters
    ----------
    path : path-like
        Ends in one of `refusal_nlp.report.tables.ENDINGS`. A flat table knows the codes and the quotes of reasons, but not where in the message
        they stand: then `start` and `end` are None.

    Yields
    ------
    dict
        With the columns of `COLUMNS`; a column that the file lacks is None. None at all where the scan found nothing to write.

    Raises
    ------
    MissingFileError
        Where there is no file.
    FormatError
        Where it is no result of a scan; the message names the row.

    """
    place = pathlib.Path(path)
    if not place.is_file():
        raise MissingFileError(f"{place}: no such file")
    if place.suffix.lower() not in ENDINGS:
        raise FormatError(f"{place}: a result ends in one of {', '.join(ENDINGS)}")
    for number, record in enumerate(records(place), 1):
        missing = [name for name in _NEEDED if name not in record]
        if missing:
            raise FormatError(f"{place}, row {number}: not a result of `refusal-nlp scan`: it lacks {', '.join(missing)}")
        try:
            yield row_from(record)
        except (ValueError, TypeError, KeyError, AttributeError) as fault:
            raise FormatError(f"{place}, row {number}: not as a scan writes it: {fault}") from fault


def row_from(record: dict[str, Any]) -> dict[str, Any]:
    """Return a row made from one record of a table, nested or flat; raises ValueError on a label or code that does not exist."""
    row: dict[str, Any] = dict.fromkeys(COLUMNS) | {name: None if record.get(name) == "" else record.get(name) for name in COLUMNS}
    row["label"] = None if row["label"] is None else str(Label(row["label"]))
    row["advice"] = None if row["advice"] is None else str(Advice(row["advice"]))
    row["needs_review"] = str(row["needs_review"]).lower() in _TRUE
    for name in [name for name in COLUMNS if name == "confidence" or name.startswith("p_")]:
        row[name] = None if row[name] is None else float(row[name])
    quotes = row["reason_quotes"] or []
    row["reason_quotes"] = quotes.split(" | ") if isinstance(quotes, str) else [str(quote) for quote in quotes]
    row["reasons"] = _findings(row["reasons"], ReasonCode, row["reason_quotes"])
    row["signals"] = _findings(row["signals"], SignalCode, [])
    return row


def _findings(value: Any, codes: type[ReasonCode] | type[SignalCode], quotes: list[str]) -> list[dict[str, Any]]:
    if value is None or isinstance(value, str):
        names = [str(codes(code)) for code in (value or "").split(";") if code]
        # A flat table names each code once: quotes belong to codes only where there are as many.
        words = quotes if len(quotes) == len(names) else [""] * len(names)
        return [{"code": code, "quote": quote, "start": None, "end": None, "field": "body"} for code, quote in zip(names, words, strict=True)]
    return [
        {
            "code": str(codes(found["code"])),
            "quote": str(found["quote"]),
            "start": found.get("start"),
            "end": found.get("end"),
            "field": found.get("field", "body"),
        }
        for found in value
    ]
