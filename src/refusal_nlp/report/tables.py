"""Rows to files: .csv and .jsonl as they come, .parquet and .xlsx at the end."""

from __future__ import annotations

import csv
import json
import os
import pathlib
import re
from collections.abc import Callable
from types import TracebackType
from typing import Any, Protocol, Self

from refusal_nlp.errors import FormatError, MissingExtraError, OutputError
from refusal_nlp.report.rows import COLUMNS, flat

ENDINGS = (".csv", ".jsonl", ".parquet", ".xlsx")
# A cell that a spreadsheet would take for a formula (OWASP, "CSV injection").
_FORMULA = re.compile(r"^[=+\-@\t\r]")
# Characters that steer a terminal or turn the direction of writing, and such as XML does not allow.
_UNSAFE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ud800-\udfff\ufffe\uffff]")
_LONGEST_CELL = 32_000  # Excel's limit is 32,767


class Sink(Protocol):
    """Takes rows, one by one."""

    def write(self, row: dict[str, Any]) -> None:
        """Take one row."""

    def close(self) -> None:
        """Finish the file."""


def plain_text(value: str) -> str:
    """Return the text without characters that steer a terminal or turn the direction of writing."""
    return _UNSAFE.sub("", value)


def safe_cell(value: Any) -> Any:
    """Return a cell that no spreadsheet takes for a formula.

    >>> safe_cell("=1+1"), safe_cell("plain"), safe_cell(3)
    ("'=1+1", 'plain', 3)
    """
    if not isinstance(value, str):
        return value
    text = plain_text(value)[:_LONGEST_CELL]
    return "'" + text if _FORMULA.match(text) else text


class _Csv:
    def __init__(self, path: pathlib.Path) -> None:
        self.file = path.open("w", encoding="utf-8", newline="")
        self.writer = csv.DictWriter(self.file, COLUMNS, lineterminator="\n")
        self.writer.writeheader()

    def write(self, row: dict[str, Any]) -> None:
        self.writer.writerow({k: safe_cell(v) for k, v in flat(row).items()})

    def close(self) -> None:
        self.file.close()


class _JsonLines:
    def __init__(self, path: pathlib.Path) -> None:
        # A lone surrogate out of a broken header cannot be written as UTF-8.
        self.file = path.open("w", encoding="utf-8", errors="replace", newline="\n")

    def write(self, row: dict[str, Any]) -> None:
        self.file.write(json.dumps(row, ensure_ascii=False) + "\n")

    def close(self) -> None:
        self.file.close()


class _Frame:
    """Collects flat rows and writes them through pandas."""

    def __init__(self, path: pathlib.Path) -> None:
        self.path = path
        self.rows: list[dict[str, Any]] = []
        if path.suffix == ".parquet":
            _require("pyarrow", "writing .parquet")
        else:
            _require("xlsxwriter", "writing .xlsx")
        path.open("ab").close()  # fail now, not after an hour, where the file cannot be written

    def write(self, row: dict[str, Any]) -> None:
        self.rows.append({k: safe_cell(v) for k, v in flat(row).items()})

    def close(self) -> None:
        import pandas as pd

        frame = pd.DataFrame(self.rows, columns=list(COLUMNS))
        if self.path.suffix == ".parquet":
            frame.to_parquet(self.path, index=False)
        else:
            options = {"options": {"strings_to_formulas": False, "strings_to_urls": False}}
            with pd.ExcelWriter(self.path, engine="xlsxwriter", engine_kwargs=options) as writer:
                frame.to_excel(writer, index=False, sheet_name="refusals", freeze_panes=(1, 0))


def _require(module: str, what: str) -> None:
    import importlib.util

    if importlib.util.find_spec(module) is None:
        raise MissingExtraError(what, "tables")


class TableWriter:
    """Context manager that writes rows to a file of the kind its ending names.

    Parameters
    ----------
    path : path-like
        Ends in one of `ENDINGS`.

    Raises
    ------
    FormatError
        On another ending.
    OutputError
        Where the file cannot be written.
    MissingExtraError
        Where parquet or Excel support is not installed.

    """

    def __init__(self, path: str | os.PathLike[str]) -> None:
        self.path = pathlib.Path(path)
        kinds: dict[str, Callable[[pathlib.Path], Sink]] = {".csv": _Csv, ".jsonl": _JsonLines, ".parquet": _Frame, ".xlsx": _Frame}
        if self.path.suffix.lower() not in kinds:
            raise FormatError(f"{self.path}: the output must end in one of {', '.join(ENDINGS)}")
        try:
            self._sink = kinds[self.path.suffix.lower()](self.path)
        except OSError as fault:
            raise OutputError(f"{self.path}: cannot be written: {fault.strerror or fault}") from fault

    def __enter__(self) -> Self:
        return self

    def write(self, row: dict[str, Any]) -> None:
        """Write one row; raises `OutputError` on a full disk."""
        self._guarded(lambda: self._sink.write(row))

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self._guarded(self._sink.close)

    def _guarded(self, act: Any) -> None:
        try:
            act()
        except OSError as fault:
            raise OutputError(f"{self.path}: cannot be written: {fault.strerror or fault}") from fault
