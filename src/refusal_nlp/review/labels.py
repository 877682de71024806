"""The labels that a person gave: a table that is whole after every answer and goes straight into `train`."""

from __future__ import annotations

import csv
import io
import json
import os
import pathlib
from dataclasses import dataclass
from typing import Any

from refusal_nlp.errors import FormatError, OutputError
from refusal_nlp.mail import table
from refusal_nlp.report.safe import in_cell
from refusal_nlp.review.candidates import Key
from refusal_nlp.training.mapping import SKIP
from refusal_nlp.types import Label, Mail

COLUMNS = ("id", "source", "subject", "sender", "body", "label")
ENDINGS = {".csv", ".jsonl"}
ANSWERS = (*map(str, Label), SKIP)


class LabelFile:
    """Labelled messages in a file; every change is on disk before the next question is asked.

    Parameters
    ----------
    path : path-like
        A .csv or .jsonl; one that is there is continued.

    Raises
    ------
    FormatError
        Where the file has another ending, or holds something else.
    OutputError
        Where it cannot be written.

    """

    def __init__(self, path: str | os.PathLike[str]) -> None:
        self.path = pathlib.Path(path)
        if self.path.suffix.lower() not in ENDINGS:
            raise FormatError(f"{self.path}: labels are written to one of {', '.join(sorted(ENDINGS))}")
        self._rows: list[dict[str, Any]] = []
        if self.path.exists() and self.path.stat().st_size:
            self._rows = list(table.records(self.path))
            if any(not set(COLUMNS) <= set(row) or row["label"] not in ANSWERS for row in self._rows):
                raise FormatError(f"{self.path}: holds something else than labels of `review`; name another file")
        self._here = 0  # how many of the rows were given since the file was opened: only these are taken back
        self._write()

    def __len__(self) -> int:
        return len(self._rows)

    @property
    def bodies(self) -> list[str]:
        """Texts of the labelled messages."""
        return [str(row["body"]) for row in self._rows]

    def holds(self, key: Key) -> bool:
        """Whether a message is labelled or skipped already."""
        return self._shown(key) in {(row["source"], row["id"]) for row in self._rows}

    def add(self, mail: Mail, label: str) -> None:
        """Write down an answer."""
        if label not in ANSWERS:
            raise ValueError(f"unknown label {label!r}")
        row = {"id": mail.id, "source": mail.source, "subject": mail.subject or "", "sender": mail.sender or "", "body": mail.body, "label": label}
        self._rows.append({name: self._cell(value) for name, value in row.items()})
        self._here += 1
        self._write()

    def undo(self) -> Key | None:
        """Take the last answer of this session back; returns the key of its message as it is written, or None where there is none."""
        if not self._here:
            return None
        self._here -= 1
        row = self._rows.pop()
        self._write()
        return row["source"], row["id"]

    def _shown(self, key: Key) -> Key:
        return str(self._cell(key[0])), str(self._cell(key[1]))

    def _cell(self, value: str) -> Any:
        # no spreadsheet may take a stranger's text for a formula
        return in_cell(value) if self.path.suffix.lower() == ".csv" else value

    def _write(self) -> None:
        text = io.StringIO()
        if self.path.suffix.lower() == ".csv":
            writer = csv.DictWriter(text, COLUMNS, lineterminator="\n", extrasaction="ignore")
            writer.writeheader()
            writer.writerows(self._rows)
        else:
            text.writelines(json.dumps(row, ensure_ascii=False) + "\n" for row in self._rows)
        fresh = self.path.with_name(f".{self.path.name}.{os.getpid()}")
        try:
            fresh.write_text(text.getvalue(), "utf-8", errors="replace")
            fresh.replace(self.path)
        except OSError as fault:
            fresh.unlink(missing_ok=True)
            raise OutputError(f"{self.path}: cannot be written: {fault.strerror or fault}") from fault


@dataclass
class Session:
    """One sitting: the questions, the file of answers, and where we are."""

    picks: list[Any]
    labels: LabelFile
    at: int = 0

    @property
    def current(self) -> Any:
        """The message that is asked about, or None at the end."""
        return self.picks[self.at] if self.at < len(self.picks) else None

    def answer(self, label: str) -> None:
        """Write the answer down and go on."""
        self.labels.add(self.current.candidate.mail, label)
        self.at += 1

    def undo(self) -> bool:
        """Go back to the question before and forget its answer."""
        if not self.at or self.labels.undo() is None:
            return False
        self.at -= 1
        return True
