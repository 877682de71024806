"""Messages of a table: ``id, subject, sender, body, date`` as columns, of which only `body` (or `text`) is required."""

from __future__ import annotations

import datetime as dt
import json
import pathlib
from collections.abc import Iterator
from typing import Any

from refusal_nlp.errors import FormatError, MissingExtraError
from refusal_nlp.types import Mail

ENDINGS = {".csv", ".tsv", ".jsonl", ".ndjson", ".parquet", ".xlsx"}


def records(path: pathlib.Path) -> Iterator[dict[str, Any]]:
    """Yield the rows of a table as dictionaries, missing values as None.

    Raises
    ------
    FormatError
        Where the file is not what its ending says; the message names the line where there is one.
    MissingExtraError
        Where parquet or Excel support is not installed.

    """
    if path.suffix in {".jsonl", ".ndjson"}:
        yield from _json_lines(path)
        return
    import pandas as pd

    try:
        if path.suffix in {".csv", ".tsv"}:
            frame = pd.read_csv(path, sep=None, engine="python", dtype=str, keep_default_na=False, encoding_errors="replace")
        elif path.suffix == ".parquet":
            frame = pd.read_parquet(path)
        else:
            frame = pd.read_excel(path, dtype=str, keep_default_na=False)
    except ImportError as fault:
        raise MissingExtraError(f"reading {path.suffix}", "tables") from fault
    except pd.errors.EmptyDataError:
        return
    except Exception as fault:  # each reader has its own errors for a file that is not what it claims to be
        raise FormatError(f"{path}: not a readable {path.suffix} table: {fault}") from fault
    frame = frame.astype(object).where(frame.notna(), None)
    for row in frame.to_dict("records"):
        yield {str(key).strip(): value for key, value in row.items()}


def _json_lines(path: pathlib.Path) -> Iterator[dict[str, Any]]:
    with path.open(encoding="utf-8-sig", errors="replace") as lines:
        for number, line in enumerate(lines, 1):
            if not line.strip():
                continue
            try:
                row = json.loads(line)
            except ValueError as fault:
                raise FormatError(f"{path}, line {number}: not a JSON object: {fault}") from fault
            if not isinstance(row, dict):
                raise FormatError(f"{path}, line {number}: not a JSON object")
            yield row


def mails(path: pathlib.Path) -> Iterator[Mail]:
    """Yield a `Mail` for each row.

    Raises
    ------
    FormatError
        Where no column `body` or `text` exists.

    """
    for number, row in enumerate(records(path), 1):
        if "body" not in row and "text" not in row:
            raise FormatError(f"{path}: needs a column `body` (or `text`); it has {', '.join(row) or 'none'}")
        body = row.get("body") if row.get("body") is not None else row.get("text")
        yield Mail(
            id=str(row.get("id") or number),
            subject=_text(row.get("subject")),
            sender=_text(row.get("sender")),
            date=_date(row.get("date")),
            body="" if body is None else str(body),
            source=str(path),
            error=None if body is not None else "empty body",
        )


def _text(value: object) -> str | None:
    return None if value is None or value == "" else str(value)


def _date(value: object) -> dt.datetime | None:
    if isinstance(value, dt.datetime):
        return value if value.tzinfo else value.replace(tzinfo=dt.UTC)
    try:
        date = dt.datetime.fromisoformat(str(value)) if value else None
    except ValueError:
        return None
    return date.replace(tzinfo=dt.UTC) if date and date.tzinfo is None else date
