"""Labelled messages: JSON Lines or a table to `Example`, with the places of the quoted passages."""

from __future__ import annotations

import hashlib
import os
import pathlib
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from refusal_nlp.acts import OUTPUTS
from refusal_nlp.errors import DataError, MissingFileError
from refusal_nlp.mail import table
from refusal_nlp.spans import Span
from refusal_nlp.types import Label, Mail, ReasonCode, SignalCode


@dataclass(frozen=True, kw_only=True, slots=True)
class Quoted:
    """A labelled passage; its place is half-open in characters of the body, or None where it stands in a header."""

    code: str
    quote: str
    place: Span | None


@dataclass(frozen=True, kw_only=True, slots=True)
class Example:
    """One labelled message.

    Attributes
    ----------
    mail : Mail
    label : Label
    signals, reasons : tuple of Quoted, or None where the data holds none of the kind
    optional : frozenset of str
        Codes on which the readers differed: they count neither way in scores.
    group : str
        Messages of one group never stand on both sides of a split.
    kind : str
        What a message that is no refusal is, for tables of errors.
    profile : str
        Which brief it was written to; empty for other people's data. Training weighs by it.

    """

    mail: Mail
    label: Label
    signals: tuple[Quoted, ...] | None
    reasons: tuple[Quoted, ...] | None
    optional: frozenset[str]
    group: str
    kind: str
    profile: str


def read_examples(path: str | os.PathLike[str]) -> list[Example]:
    """Read labelled messages.

    Parameters
    ----------
    path : path-like
        JSON Lines, CSV, parquet or Excel with `body` (or `text`) and `label`; optional `id, subject, sender, signals, reasons, group, kind, profile`.

    Raises
    ------
    MissingFileError
        Where nothing is there.
    DataError
        Where a row breaks the format; the message names every such row, up to ten.

    """
    place = pathlib.Path(path)
    if not place.is_file():
        raise MissingFileError(f"{place}: no such file")
    if place.suffix.lower() not in table.ENDINGS:
        raise DataError(f"{place}: labelled data must be one of {', '.join(sorted(table.ENDINGS))}")
    faults: list[str] = []
    out = list(_examples(table.records(place), faults))
    if faults:
        more = f"\n... and {len(faults) - 10} more" if len(faults) > 10 else ""
        raise DataError(f"{place}: {len(faults)} faulty rows\n" + "\n".join(faults[:10]) + more)
    if not out:
        raise DataError(f"{place}: no row in it")
    return out


def _examples(rows: Iterable[dict[str, Any]], faults: list[str]) -> Iterator[Example]:
    for number, row in enumerate(rows, 1):
        body = row.get("body") if row.get("body") is not None else row.get("text")
        if not isinstance(body, str) or not body.strip():
            faults.append(f"row {number}: no body")
            continue
        if row.get("label") not in set(Label):
            faults.append(f"row {number}: unknown label {row.get('label')!r}; use one of {', '.join(Label)}")
            continue
        signals, reasons = _quoted(row.get("signals"), body, set(SignalCode)), _quoted(row.get("reasons"), body, set(ReasonCode))
        if isinstance(signals, str) or isinstance(reasons, str):
            faults.append(f"row {number}: {signals if isinstance(signals, str) else reasons}")
            continue
        optional = [*(row.get("doubtful") or ()), *(row.get("optional_signals") or ()), *(row.get("optional_reasons") or ())]
        yield Example(
            mail=Mail(id=str(row.get("id") or number), subject=row.get("subject") or None, sender=row.get("sender") or None, body=body),
            label=Label(row["label"]),
            signals=signals,
            reasons=reasons,
            optional=frozenset(map(str, optional)),
            group=str(row.get("group") or row.get("id") or number),
            kind=str(row.get("kind") or ""),
            profile=str(row.get("profile") or ""),
        )


def _quoted(items: object, body: str, codes: set[Any]) -> tuple[Quoted, ...] | str | None:
    """Locate quotes; a string names a fault."""
    if items is None or isinstance(items, str):  # a flat table carries no quotes
        return None
    out = []
    for item in items:  # type: ignore[attr-defined]
        code, quote = (item["code"], item["quote"]) if isinstance(item, dict) else (item[0], item[1])
        if code not in codes:
            return f"unknown code {code!r}"
        out.append(Quoted(code=str(code), quote=str(quote), place=locate(str(quote), body)))
    return tuple(out)


def locate(quote: str, body: str) -> Span | None:
    r"""Find a quote in the body, letting white space differ.

    >>> locate("two words", "now two\nwords")
    (4, 13)
    """
    if (at := body.find(quote)) >= 0 and quote:
        return at, at + len(quote)
    found = re.search(r"\s+".join(map(re.escape, quote.split())), body) if quote.split() else None
    return found.span() if found else None


def act_quotes(examples: Iterable[Example]) -> list[list[tuple[str, Span]]]:
    """Return, for each example, the places that the sentence model learns from; all reasons under the code ``reason``."""
    out = []
    for example in examples:
        places = [(q.code, q.place) for q in example.signals or () if q.place]
        places += [("reason", q.place) for q in example.reasons or () if q.place]
        out.append(places)
    return out


def read_bank(path: str | os.PathLike[str]) -> list[tuple[str, frozenset[str]]]:
    """Read single sentences for the sentence model.

    Parameters
    ----------
    path : path-like
        JSON Lines of `text` and `acts`, a list of codes of `refusal_nlp.acts.OUTPUTS`.

    Returns
    -------
    list of (str, frozenset of str)

    Raises
    ------
    MissingFileError
        Where nothing is there.
    DataError
        Where a line breaks the format.

    """
    place = pathlib.Path(path)
    if not place.is_file():
        raise MissingFileError(f"{place}: no such file")
    out = []
    for number, row in enumerate(table.records(place), 1):
        text, acts = row.get("text"), row.get("acts")
        if not isinstance(text, str) or not text.strip() or not isinstance(acts, list) or set(acts) - set(OUTPUTS):
            raise DataError(f"{place}: row {number} needs a `text` and `acts` out of {', '.join(OUTPUTS)}")
        out.append((text, frozenset(acts)))
    return out


def author_of(example: Example) -> str:
    """Return the writer of a message of this project's data, whose groups are named after the seed of the briefs; elsewhere the group.

    A split by author keeps everything by one hand on one side.
    """
    found = re.match(r"s\d+(?=w)", example.group)
    return found[0] if found else example.group


def data_hash(path: str | os.PathLike[str]) -> str:
    """SHA-256 of a data file, which ties a model's figures to what they were measured on."""
    return hashlib.sha256(pathlib.Path(path).read_bytes()).hexdigest()
