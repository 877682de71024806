"""Messages to choose from: the rows of a scan with the texts they belong to."""

from __future__ import annotations

import os
import pathlib
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from refusal_nlp.errors import EmptyInputError, FormatError, MissingFileError, RefusalError
from refusal_nlp.mail import table
from refusal_nlp.mail.read import read_mailbox
from refusal_nlp.types import Label, Mail

Key = tuple[str, str]  # source and id


@dataclass(frozen=True, kw_only=True, slots=True)
class Candidate:
    """A message that may be asked about.

    Attributes
    ----------
    mail : Mail
    probabilities : dict[Label, float] or None
        What the scan said, each in [0, 1]; None where the table holds no probabilities.

    """

    mail: Mail
    probabilities: dict[Label, float] | None

    @property
    def key(self) -> Key:
        """What tells it from every other message."""
        return self.mail.source, self.mail.id


def read_candidates(results: str | os.PathLike[str], mailboxes: Sequence[str | os.PathLike[str]] = ()) -> tuple[list[Candidate], list[str]]:
    """Read the result of a scan and the messages that it is about.

    Parameters
    ----------
    results : path-like
        Table that `refusal-nlp scan` wrote, or any table with `body` (or `text`).
    mailboxes : sequence of path-like
        Where the messages lie, if not where the column `source` says (which may be relative to the current folder or to the table's).

    Returns
    -------
    candidates : list of Candidate
    faults : list of str
        What could not be found; the rest goes on.

    Raises
    ------
    MissingFileError, FormatError
        Where the table cannot be read.
    EmptyInputError
        Where no message of it can be found.

    """
    place = pathlib.Path(results)
    if not place.is_file():
        raise MissingFileError(f"{place}: no such file")
    if place.suffix.lower() not in table.ENDINGS:
        raise FormatError(f"{place}: results must be one of {', '.join(sorted(table.ENDINGS))}")
    rows = list(table.records(place))
    faults: list[str] = []
    found = [_with_text(number, row, place) for number, row in enumerate(rows, 1) if _text(row)]
    without = [row for row in rows if not _text(row) and not row.get("error")]
    found += _from_mailboxes(without, place.parent, list(mailboxes), faults)
    if not found:
        raise EmptyInputError("\n".join([f"{place}: none of its {len(rows)} messages can be found; name the mailbox with --mail", *faults]))
    return found, faults


def _text(row: dict[str, Any]) -> str | None:
    body = row.get("body") if row.get("body") is not None else row.get("text")
    return body if isinstance(body, str) and body.strip() else None


def _with_text(number: int, row: dict[str, Any], place: pathlib.Path) -> Candidate:
    subject, sender = (str(row[name]) if row.get(name) else None for name in ("subject", "sender"))
    mail = Mail(id=str(row.get("id") or number), subject=subject, sender=sender, body=_text(row) or "", source=str(row.get("source") or place))
    return Candidate(mail=mail, probabilities=_probabilities(row))


def _probabilities(row: dict[str, Any]) -> dict[Label, float] | None:
    try:
        return {label: float(row[f"p_{label}"]) for label in Label}
    except (KeyError, TypeError, ValueError):  # no scan, or a row with an error
        return None


def _from_mailboxes(rows: list[dict[str, Any]], folder: pathlib.Path, mailboxes: list[Any], faults: list[str]) -> list[Candidate]:
    """Read each mailbox once and pick the messages of the rows by their id."""
    wanted: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for row in rows:
        wanted[str(row.get("id") or "")].append(row)
    out: dict[Key, Candidate] = {}
    sources = mailboxes or _places(dict.fromkeys(str(row.get("source") or "") for row in rows), folder, faults)
    for source in sources:
        try:
            for mail in read_mailbox(source):
                if mail.id in wanted and mail.body.strip():
                    row = next((r for r in wanted[mail.id] if r.get("source") == mail.source), wanted[mail.id][0])
                    out.setdefault((mail.source, mail.id), Candidate(mail=mail, probabilities=_probabilities(row)))
        except RefusalError as fault:
            faults.append(str(fault))
    return list(out.values())


def _places(sources: Iterable[str], folder: pathlib.Path, faults: list[str]) -> list[pathlib.Path]:
    out = []
    for source in filter(None, sources):
        place = next((p for p in (pathlib.Path(source), folder / source) if p.exists()), None)
        if place is None:
            faults.append(f"{source}: no such mailbox any more; name it with --mail")
        else:
            out.append(place)
    return out
