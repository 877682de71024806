"""Messages of a table: ``id, subject, sender, body, date`` as columns, of which only `body` (or `text`) is required."""

from __future__ import annotations

import codecs
import csv
import datetime as dt
import email.utils
import io
import json
import pathlib
import zipfile
from collections.abc import Iterable, Iterator
from typing import Any

from refusal_nlp.errors import FormatError, MissingExtraError
from refusal_nlp.mail.bounds import bounded
from refusal_nlp.types import Mail

ENDINGS = {".csv", ".tsv", ".jsonl", ".ndjson", ".parquet", ".xlsx"}
KINDS = ("csv", "jsonl", "parquet", "xlsx")
_KIND_OF_ENDING = {".csv": "csv", ".tsv": "csv", ".jsonl": "jsonl", ".ndjson": "jsonl", ".parquet": "parquet", ".xlsx": "xlsx"}
_MAX_CELL = 16_000_000  # characters; an unclosed quotation mark would else swallow the rest of the file
_MAX_UNPACKED = 250  # times the size of an .xlsx file, which is a zip archive
_FREE = 64_000_000
_MAX_HEADER = 2000  # characters of a subject, sender or id
_DELIMITERS = ",;\t"
# Names of columns, in lower case, as Outlook exports them in English, German, French and Spanish.
_NAMES = {
    "body": ("body", "text", "message", "nachricht", "corps", "cuerpo"),
    "subject": ("subject", "betreff", "objet", "asunto"),
    "sender": ("sender", "from", "from: (address)", "von: (adresse)", "de: (adresse)", "de: (dirección)", "from: (name)", "von: (name)", "de: (nom)"),
    "date": ("date", "sent", "received", "datum", "fecha"),
    "id": ("id", "message-id", "message_id"),
}
_Row = dict[str, Any] | FormatError


def records(path: pathlib.Path) -> Iterator[dict[str, Any]]:
    """Yield the rows of a table as dictionaries, missing values as None.

    Raises
    ------
    FormatError
        Where the file is not what its ending says; the message names the line where there is one.
    MissingExtraError
        Where parquet or Excel support is not installed.

    """
    for _, row in _rows(path, _KIND_OF_ENDING[path.suffix.lower()], str(path)):
        if isinstance(row, FormatError):
            raise row
        yield row


def mails(path: pathlib.Path, kind: str | None = None, *, source: str | None = None, outgoing: bool = False) -> Iterator[Mail]:
    """Yield a `Mail` for each row; a row that cannot be read is a `Mail` with an error.

    Parameters
    ----------
    path : pathlib.Path
    kind : str, optional
        One of `KINDS`; default: what the ending says.
    source : str, optional
        Kept in the result; default: the path.
    outgoing : bool
        Kept in the result.

    Raises
    ------
    FormatError
        Where no column `body` or `text` exists, or the file is no table.

    """
    source = source or str(path)
    good = 0
    for number, row in _rows(path, kind or _KIND_OF_ENDING[path.suffix.lower()], source):
        if isinstance(row, FormatError):
            if number == 1:
                raise row
            yield Mail(body="", id=str(number), source=source, error=str(row))
            continue
        body = _cell(row, "body")
        if body is None and not good and not _has_body(row):
            raise FormatError(f"{source}: needs a column `body` (or `text`); it has {', '.join(row) or 'none'}")
        good += 1
        text, faults = bounded("" if body is None else str(body))
        yield Mail(
            id=str(_cell(row, "id") or number)[:_MAX_HEADER],
            subject=_text(_cell(row, "subject")),
            sender=_text(_cell(row, "sender")),
            date=_date(_cell(row, "date")),
            body=text,
            source=source,
            error="empty body" if body is None else "; ".join(faults) or None,
            outgoing=outgoing,
        )


def has_body_column(head: bytes, *, least: int = 2) -> bool:
    r"""Whether the first bytes of a file are those of a table with several columns (or `least`), one of them for the body.

    >>> has_body_column(b"id;subject;body\n1;a;b\n"), has_body_column(b"The body of the text.\n")
    (True, False)
    """
    text = head.decode(_encoding_of(head), "replace").lstrip("\ufeff")
    names = _header(text)
    return len(names) >= least and any(name.lower() in _NAMES["body"] for name in names) and all(len(name) < 60 for name in names)


def _rows(path: pathlib.Path, kind: str, source: str) -> Iterator[tuple[int, _Row]]:
    """Rows with their number, from 1; one at a time, so that a table of any length fits into memory."""
    readers = {"csv": _csv_rows, "jsonl": _json_lines, "parquet": _parquet, "xlsx": _excel}
    try:
        yield from enumerate(readers[kind](path, source), 1)
    except ImportError as fault:
        raise MissingExtraError(f"reading {path.suffix}", "tables") from fault
    except (FormatError, OSError):
        raise
    except Exception as fault:  # each reader has its own errors for a file that is not what it claims to be
        raise FormatError(f"{source}: not a readable .{kind} table: {fault}") from fault


def _csv_rows(path: pathlib.Path, source: str) -> Iterator[_Row]:
    csv.field_size_limit(max(csv.field_size_limit(), _MAX_CELL))
    with path.open(encoding=_encoding_of_file(path), errors="replace", newline="") as lines:
        first = lines.readline(_MAX_CELL).lstrip("\ufeff")
        # Where the header has one column, commas in the text below it part nothing.
        delimiter = max(_DELIMITERS, key=lambda sign: len(_split(first, sign)))
        lines.seek(0)
        reader = csv.reader(lines, delimiter=delimiter if delimiter in first else "\x1f")
        names: list[str] | None = None
        while True:
            try:
                cells = next(reader)
            except StopIteration:
                return
            except csv.Error as fault:
                yield FormatError(f"{source}, line {reader.line_num}: {fault}")
                continue
            if names is None:
                names = [name.strip().lstrip("\ufeff").strip('"') for name in cells]
            elif cells:
                padded = [*cells, *[None] * (len(names) - len(cells))]
                yield dict(zip(names, padded, strict=False))


def _json_lines(path: pathlib.Path, source: str) -> Iterator[_Row]:
    with path.open(encoding=_encoding_of_file(path), errors="replace") as lines:
        number = 0
        while line := lines.readline(_MAX_CELL):
            number += 1
            line = line.lstrip("\ufeff")
            if not line.strip():
                continue
            try:
                row = json.loads(line)
            except (ValueError, RecursionError) as fault:
                yield FormatError(f"{source}, line {number}: not a JSON object: {fault}")
                continue
            yield row if isinstance(row, dict) else FormatError(f"{source}, line {number}: not a JSON object")


def _parquet(path: pathlib.Path, source: str) -> Iterator[_Row]:
    from pyarrow import parquet

    with parquet.ParquetFile(path) as file:
        for batch in file.iter_batches(batch_size=256):
            yield from ({str(k).strip(): v for k, v in row.items()} for row in batch.to_pylist())


def _excel(path: pathlib.Path, source: str) -> Iterator[_Row]:
    import openpyxl

    with zipfile.ZipFile(path) as archive:
        if sum(member.file_size for member in archive.infolist()) > max(_FREE, _MAX_UNPACKED * path.stat().st_size):
            raise FormatError(f"{source}: unpacks to more than {_MAX_UNPACKED} times its size: save it anew, or as .csv")
    book = openpyxl.load_workbook(path, read_only=True, data_only=True)
    try:
        rows: Iterable[tuple[Any, ...]] = book.worksheets[0].iter_rows(values_only=True)
        names: list[str] | None = None
        for cells in rows:
            if names is None:
                names = ["" if cell is None else str(cell).strip() for cell in cells]
            elif any(cell is not None for cell in cells):
                yield {name: cell for name, cell in zip(names, cells, strict=False) if name}
    finally:
        book.close()


def _encoding_of(head: bytes) -> str:
    """Tell UTF-16 from what has a byte for each ASCII letter, UTF-8 from Windows-1252."""
    if head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return "utf-16"
    start = head[:200]
    if len(start) > 3 and start[1::2].count(0) > len(start) // 3:
        return "utf-16-le"
    if len(start) > 3 and start[::2].count(0) > len(start) // 3:
        return "utf-16-be"
    try:
        codecs.getincrementaldecoder("utf-8")().decode(head)
    except UnicodeDecodeError:
        return "cp1252"
    return "utf-8-sig"


def _encoding_of_file(path: pathlib.Path) -> str:
    with path.open("rb") as file:
        found = _encoding_of(file.read(8192))
        if found != "utf-8-sig":
            return found
        file.seek(0)
        decoder = codecs.getincrementaldecoder("utf-8")()
        try:
            while block := file.read(1 << 20):
                decoder.decode(block)
        except UnicodeDecodeError:
            return "cp1252"
    return found


def _split(line: str, delimiter: str) -> list[str]:
    try:
        return next(csv.reader(io.StringIO(line), delimiter=delimiter), [])
    except csv.Error:
        return []


def _header(text: str) -> list[str]:
    first = text.lstrip().partition("\n")[0]
    return [name.strip() for name in max((_split(first, sign) for sign in _DELIMITERS), key=len)]


def _cell(row: dict[str, Any], what: str) -> Any:
    """The first cell that says something, among the names that a column may have."""
    if row.get(what) is not None:
        return row[what]
    lower = {name.lower(): value for name, value in row.items()}
    return next((lower[name] for name in _NAMES[what] if lower.get(name) is not None), None)


def _has_body(row: dict[str, Any]) -> bool:
    return any(name.lower() in _NAMES["body"] for name in row)


def _text(value: object) -> str | None:
    return None if value is None or value == "" else str(value)[:_MAX_HEADER]


def _date(value: object) -> dt.datetime | None:
    if not isinstance(value, dt.datetime):
        try:
            value = dt.datetime.fromisoformat(str(value)) if value else None
        except ValueError:
            value = _mail_date(str(value))
    return value.replace(tzinfo=dt.UTC) if value and value.tzinfo is None else value


def _mail_date(value: str) -> dt.datetime | None:
    try:
        return email.utils.parsedate_to_datetime(value[:200])
    except (ValueError, TypeError, IndexError, OverflowError):
        return None
