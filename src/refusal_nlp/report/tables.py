"""Rows to files, written as they come, so that a scan that was interrupted loses nothing."""

from __future__ import annotations

import csv
import datetime as dt
import errno
import io
import json
import os
import pathlib
from collections.abc import Callable, Iterable, Iterator
from itertools import islice
from types import TracebackType
from typing import Any, Protocol, Self, TypeVar

from refusal_nlp.errors import FormatError, MissingExtraError, OutputError
from refusal_nlp.report.rows import COLUMNS, flat
from refusal_nlp.report.safe import in_cell, in_json

T = TypeVar("T")
ENDINGS = (".csv", ".jsonl", ".parquet", ".xlsx")
_GROUP = 10_000  # rows of a parquet file that are held in memory


class Sink(Protocol):
    """Takes rows, one by one."""

    def write(self, row: dict[str, Any]) -> None:
        """Take one row."""

    def size(self) -> int:
        """Return how many bytes of rows are written."""

    def close(self) -> None:
        """Finish the file."""

    def release(self) -> None:
        """Let go of the file as it is."""


class _File:
    """A file that holds whole rows at any moment: each is written at once, and one that the disk did not take in full is taken back."""

    def __init__(self, path: pathlib.Path, size: int) -> None:
        self.path = path
        self.file = path.open("r+b" if size else "wb", buffering=0)
        self.size = size
        self.file.truncate(size)
        self.file.seek(size)

    def append(self, data: bytes) -> None:
        view = memoryview(data)
        try:
            while view:
                view = view[self.file.write(view) :]
        except OSError:
            self.file.truncate(self.size)
            self.file.seek(self.size)
            raise
        self.size += len(data)

    def close(self) -> None:
        self.file.close()

    release = close


class _Csv:
    def __init__(self, path: pathlib.Path, size: int) -> None:
        self.file = _File(path, size)
        if not size:
            self._append(COLUMNS)

    def _append(self, cells: Iterable[Any]) -> None:
        line = io.StringIO()
        csv.writer(line, lineterminator="\n").writerow(cells)
        self.file.append(line.getvalue().encode("utf-8", "replace"))

    def write(self, row: dict[str, Any]) -> None:
        cells = flat(row)
        self._append(in_cell(cells[name]) for name in COLUMNS)

    def size(self) -> int:
        return self.file.size

    def close(self) -> None:
        self.file.close()

    release = close


class _JsonLines:
    def __init__(self, path: pathlib.Path, size: int) -> None:
        self.file = _File(path, size)

    def write(self, row: dict[str, Any]) -> None:
        # A lone surrogate out of a broken header cannot be written as UTF-8.
        self.file.append((in_json(json.dumps(row, ensure_ascii=False)) + "\n").encode("utf-8", "replace"))

    def size(self) -> int:
        return self.file.size

    def close(self) -> None:
        self.file.close()

    release = close


class _Packed:
    """Parquet and Excel files cannot grow row by row: rows wait in a file of JSON lines beside the table, which is written at the end."""

    def __init__(self, path: pathlib.Path, size: int) -> None:
        self.path = path
        if path.suffix.lower() == ".parquet":
            _require("pyarrow", "writing .parquet")
        else:
            _require("xlsxwriter", "writing .xlsx")
        path.open("ab").close()  # fail now, not after an hour, where the file cannot be written
        self.rows = _JsonLines(companion(path, "rows"), size)

    def write(self, row: dict[str, Any]) -> None:
        self.rows.write({k: in_cell(v) for k, v in flat(row).items()})

    def size(self) -> int:
        return self.rows.size()

    def release(self) -> None:
        self.rows.close()

    def close(self) -> None:
        self.rows.close()
        unfinished = companion(self.path, "part")
        write = _write_parquet if self.path.suffix.lower() == ".parquet" else _write_excel
        try:
            with self.rows.file.path.open(encoding="utf-8") as lines:
                write(unfinished, map(json.loads, lines))
            unfinished.replace(self.path)
        finally:
            unfinished.unlink(missing_ok=True)


def companion(path: pathlib.Path, kind: str) -> pathlib.Path:
    """Return the name of a file that lies beside a table while it is written.

    >>> companion(pathlib.Path("a/out.csv"), "resume").name
    'out.csv.resume'
    """
    return path.with_name(f"{path.name}.{kind}")


def _write_parquet(path: pathlib.Path, rows: Iterator[dict[str, Any]]) -> None:
    import pyarrow as pa
    import pyarrow.parquet as pq

    kinds: dict[str, pa.DataType] = {"needs_review": pa.bool_(), "confidence": pa.float64()}
    kinds |= {name: pa.float64() for name in COLUMNS if name.startswith("p_")}
    schema = pa.schema([(name, kinds.get(name, pa.string())) for name in COLUMNS])
    with pq.ParquetWriter(path, schema) as writer:
        while some := list(islice(rows, _GROUP)):
            writer.write_table(pa.Table.from_pylist(some, schema=schema))


def _write_excel(path: pathlib.Path, rows: Iterator[dict[str, Any]]) -> None:
    import xlsxwriter
    from xlsxwriter.exceptions import XlsxWriterException

    options = {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False, "constant_memory": True}
    try:
        with xlsxwriter.Workbook(path, options) as book:
            # Else the file holds the time of its making, and two runs differ.
            book.set_properties({"created": dt.datetime(2000, 1, 1)})
            sheet = book.add_worksheet("refusals")
            sheet.freeze_panes(1, 0)
            sheet.write_row(0, 0, COLUMNS, book.add_format({"bold": True}))
            for line, row in enumerate(rows, 1):
                sheet.write_row(line, 0, [row[name] for name in COLUMNS])
    except XlsxWriterException as fault:
        raise OSError(str(fault)) from fault


def _require(module: str, what: str) -> None:
    import importlib.util

    if importlib.util.find_spec(module) is None:
        raise MissingExtraError(what, "tables")


class TableWriter:
    """Context manager that writes rows to a file of the kind its ending names, each row at once.

    Parameters
    ----------
    path : path-like
        Ends in one of `ENDINGS`.
    size : int
        Bytes of an unfinished table to keep, what `size` returned; the rest is cut off. 0 begins anew.

    Raises
    ------
    FormatError
        On another ending.
    OutputError
        Where the file cannot be written; what was written before stays readable.
    MissingExtraError
        Where parquet or Excel support is not installed.

    """

    def __init__(self, path: str | os.PathLike[str], *, size: int = 0) -> None:
        self.path = pathlib.Path(path)
        kinds: dict[str, Callable[[pathlib.Path, int], Sink]] = {".csv": _Csv, ".jsonl": _JsonLines, ".parquet": _Packed, ".xlsx": _Packed}
        if self.path.suffix.lower() not in kinds:
            raise FormatError(f"{self.path}: the output must end in one of {', '.join(ENDINGS)}")
        self._sink = self._guarded(lambda: kinds[self.path.suffix.lower()](self.path, size))

    def __enter__(self) -> Self:
        return self

    def write(self, row: dict[str, Any]) -> None:
        """Write one row; raises `OutputError` on a full disk."""
        self._guarded(lambda: self._sink.write(row))

    def size(self) -> int:
        """Return how many bytes are written: with them a new writer can go on."""
        return self._sink.size()

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.close()
        self.clean()

    def close(self) -> None:
        """Finish the file with the rows written so far."""
        self._guarded(self._sink.close)

    def release(self) -> None:
        """Let go of the file without finishing it: it can be gone on with later."""
        self._sink.release()

    def clean(self) -> None:
        """Remove the rows that waited beside the table; after that nothing can go on with it."""
        companion(self.path, "rows").unlink(missing_ok=True)

    def _guarded(self, act: Callable[[], T]) -> T:
        try:
            return act()
        except OSError as fault:
            hint = "; free some space" if fault.errno in {errno.ENOSPC, errno.EDQUOT, errno.EFBIG} else ""
            raise OutputError(f"{self.path}: cannot be written: {fault.strerror or fault}{hint}") from fault
