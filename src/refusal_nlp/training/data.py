"""Labelled messages: JSON Lines or a table to `Example`, with the places of the quoted passages."""

from __future__ import annotations

import hashlib
import json
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
        found = example_of(row, str(number))
        if isinstance(found, str):
            faults.append(f"row {number}: {found}")
        else:
            yield found


def example_of(row: dict[str, Any], number: str, *, profile: str = "") -> Example | str:
    """Turn one row of a table into an example; a string says what is wrong with it.

    Parameters
    ----------
    row : dict
        Columns of `read_examples`.
    number : str
        Stands in for an id that the row does not give.
    profile : str
        Stands in for a profile that the row does not give.

    """
    body = row.get("body") if row.get("body") is not None else row.get("text")
    if not isinstance(body, str) or not body.strip():
        return "no body"
    label = row.get("label")
    if not isinstance(label, str) or label not in set(Label):
        return f"unknown label {label!r}; use one of {', '.join(Label)}"
    signals, reasons = _quoted(row.get("signals"), body, set(SignalCode)), _quoted(row.get("reasons"), body, set(ReasonCode))
    if isinstance(signals, str) or isinstance(reasons, str):
        return str(signals if isinstance(signals, str) else reasons)
    return Example(
        mail=Mail(id=_text(row.get("id")) or number, subject=_text(row.get("subject")), sender=_text(row.get("sender")), body=body),
        label=Label(label),
        signals=signals,
        reasons=reasons,
        optional=frozenset(str(code) for name in ("doubtful", "optional_signals", "optional_reasons") for code in _items(row.get(name))),
        group=_text(row.get("group")) or _text(row.get("id")) or number,
        kind=_text(row.get("kind")) or "",
        profile=_text(row.get("profile")) or profile,
    )


def _text(value: object) -> str | None:
    return None if value is None or str(value).strip() == "" else str(value)


def _items(value: object) -> list[Any]:
    """Return the items of a list, an array (parquet) or a JSON list in a cell; a cell of bare codes, as a flat table of `scan` holds, has none."""
    if isinstance(value, str):
        try:
            value = json.loads(value) if value.lstrip().startswith("[") else None
        except ValueError:
            value = None
    return list(value) if isinstance(value, Iterable) and not isinstance(value, (str, dict)) else []


def _quoted(value: object, body: str, codes: set[Any]) -> tuple[Quoted, ...] | str | None:
    """Locate quotes; a string names a fault."""
    if value is None or (isinstance(value, str) and not value.lstrip().startswith("[")):  # a flat table carries no quotes
        return None
    out = []
    for item in _items(value):
        pair = [item.get("code"), item.get("quote")] if isinstance(item, dict) else list(item) if isinstance(item, Iterable) else []
        code, quote = pair[:2] if len(pair) > 1 else (None, None)
        if not isinstance(code, str) or not isinstance(quote, str):
            return f"not a pair of code and quote: {repr(item)[:80]}"
        if code not in codes:
            return f"unknown code {code!r}"
        out.append(Quoted(code=code, quote=quote, place=locate(quote, body)))
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
