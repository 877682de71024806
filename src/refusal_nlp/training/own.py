"""Users' own labelled tables: read, renamed, checked row by row, and grouped."""

from __future__ import annotations

import hashlib
import json
import os
import pathlib
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from refusal_nlp.errors import DataError, MissingFileError
from refusal_nlp.mail import table
from refusal_nlp.training.data import Example, data_hash, example_of
from refusal_nlp.training.groups import group_names, near_duplicates
from refusal_nlp.training.mapping import SKIP, Renaming, read_mapping
from refusal_nlp.types import MODEL_LANGUAGE, Label

OWN_PROFILE = "own"
_HEADED = {".csv", ".tsv", ".xlsx"}  # a spreadsheet shows their header as row 1
_LISTED = 20  # so many complaints are shown, the others counted


@dataclass(frozen=True, kw_only=True, slots=True)
class SetAside:
    """A row that is not trained on.

    Attributes
    ----------
    where : str
        File and row, as a spreadsheet counts them: the header of a .csv, .tsv or .xlsx is row 1; lines of .jsonl and rows of .parquet count
        from 1; a DataFrame's rows go by their index.
    why : str
        ``body``, ``label``, ``format``, ``language``, ``contradiction``, ``leak``, ``repeat`` or ``skipped``; the last two are no faults.
    text : str
        What is wrong, in a sentence's part.

    """

    where: str
    why: str
    text: str

    @property
    def is_fault(self) -> bool:
        """Whether `strict` refuses it."""
        return self.why not in {"repeat", "skipped"}

    def __str__(self) -> str:
        return f"{self.where}: {self.text}"


@dataclass(frozen=True, kw_only=True, slots=True)
class Labelled:
    """What `read_own` returns: the good rows, the rows set aside, and SHA-256 of each source."""

    examples: tuple[Example, ...]
    set_aside: tuple[SetAside, ...]
    hashes: tuple[str, ...]


def read_own(
    sources: Sequence[Any],
    *,
    mapping: str | os.PathLike[str] | Mapping[str, Any] | None = None,
    strict: bool = False,
    reserved: Sequence[Example] = (),
) -> Labelled:
    """Read labelled tables of any origin.

    Parameters
    ----------
    sources : sequence of path-like or DataFrame
        With `body` (or `text`) and `label`; optional `id, subject, sender, signals, reasons, group, lang, kind`.
    mapping : path-like or mapping, optional
        See `refusal_nlp.training.mapping.read_mapping`.
    strict : bool
        Refuse where a row is faulty; otherwise it is set aside.
    reserved : sequence of Example
        Messages that nothing may be trained on, since models are measured with them.

    Raises
    ------
    MissingFileError, FormatError
        Where a file is missing or is not what its ending says.
    DataError
        Where the columns are wrong, no good row is left, or, with `strict`, a row is faulty: every such row is named.

    """
    renaming = read_mapping(mapping)
    aside: list[SetAside] = []
    rows: list[tuple[str, Example, bool]] = []
    hashes = []
    for number, source in enumerate(sources, 1):
        found = list(_rows(source, renaming))
        hashes.append(_hash(source))
        if not found:
            raise DataError(f"{_name(source)}: no row in it")
        _check_columns(_name(source), (row for _, row in found))
        for where, row in found:
            example = _checked(row, where, number)
            if isinstance(example, SetAside):
                aside.append(example)
            else:
                rows.append((where, example, row.get("group") not in {None, ""}))
    rows = _without_contradictions(rows, aside)
    rows = _without_leaks(rows, aside, reserved)
    if strict and any(a.is_fault for a in aside):
        raise DataError(listing([a for a in aside if a.is_fault], "faulty rows; without --strict they are set aside"))
    if not rows:
        raise DataError(listing(aside, "rows set aside, and no other row is left"))
    names = group_names([e.mail for _, e, _ in rows], [e.group if given else None for _, e, given in rows])
    examples = tuple(replace(e, group=name) for (_, e, _), name in zip(rows, names, strict=True))
    return Labelled(examples=examples, set_aside=tuple(aside), hashes=tuple(hashes))


def listing(aside: Sequence[SetAside], what: str) -> str:
    """Return the rows as lines of text, up to a limit."""
    more = [f"... and {len(aside) - _LISTED} more"] if len(aside) > _LISTED else []
    return "\n".join([f"{len(aside)} {what}:", *map(str, aside[:_LISTED]), *more])


def check_classes(examples: Sequence[Example]) -> str | None:
    """Say so where all messages are refusals, or none is: there is nothing to tell apart."""
    refusals = sum(e.label is not Label.NOT_REFUSAL for e in examples)
    if 0 < refusals < len(examples):
        return None
    return f"one class only: all {len(examples)} rows are {'refusals' if refusals else Label.NOT_REFUSAL}"


def same_text(body: str) -> str:
    """Return the body in the form under which two messages count as the same."""
    return " ".join(body.casefold().split())


def _name(source: Any) -> str:
    return str(source) if isinstance(source, (str, os.PathLike)) else "table"


def _rows(source: Any, renaming: Renaming) -> Iterator[tuple[str, dict[str, Any]]]:
    if not isinstance(source, (str, os.PathLike)):
        frame = source.astype(object).where(source.notna(), None)
        for index, row in zip(frame.index, frame.to_dict("records"), strict=True):
            yield f"row {index}", renaming.row({str(k).strip(): v for k, v in row.items()})
        return
    place = pathlib.Path(source)
    if not place.is_file():
        raise MissingFileError(f"{place}: no such file")
    ending = place.suffix.lower()
    if ending not in table.ENDINGS:
        raise DataError(f"{place}: labelled data must be one of {', '.join(sorted(table.ENDINGS))}")
    for number, row in enumerate(table.records(place), 2 if ending in _HEADED else 1):
        yield f"{place.name} row {number}", renaming.row(row)


def _check_columns(name: str, rows: Iterable[Mapping[str, Any]]) -> None:
    have = {key for row in rows for key in row}
    missing = [what for what, keys in (("`body` (or `text`)", {"body", "text"}), ("`label`", {"label"})) if not keys & have]
    if missing:
        columns = ", ".join(sorted(have)) or "none"
        raise DataError(f"{name}: no column {' and none '.join(missing)}; it has {columns}. A mapping file with a table [columns] renames columns")


def _checked(row: dict[str, Any], where: str, source: int) -> Example | SetAside:
    label = row.get("label")
    body = row.get("body") if row.get("body") is not None else row.get("text")
    if label == SKIP:
        return SetAside(where=where, why="skipped", text="skipped, as the mapping says")
    if not isinstance(body, str) or not body.strip():
        return SetAside(where=where, why="body", text="no body")
    if label is None or str(label).strip() == "":
        return SetAside(where=where, why="label", text="no label")
    if label not in set(Label):
        text = f"unknown label {label!r}; use one of {', '.join(Label)}, or rename it with a mapping file"
        return SetAside(where=where, why="label", text=text)
    lang = str(row.get("lang") or MODEL_LANGUAGE).lower()
    if lang.split("-")[0].split("_")[0] != MODEL_LANGUAGE:
        return SetAside(where=where, why="language", text=f"language {lang!r}; models know {MODEL_LANGUAGE!r} only")
    example = example_of(row, where if source == 1 else f"{source}: {where}", profile=OWN_PROFILE)
    return SetAside(where=where, why="format", text=example) if isinstance(example, str) else example


def _without_contradictions(rows: list[tuple[str, Example, bool]], aside: list[SetAside]) -> list[tuple[str, Example, bool]]:
    """Set aside every copy of a text that carries two labels, and the later copies of one that carries the same label."""
    copies: dict[tuple[str, str], list[tuple[str, Example, bool]]] = defaultdict(list)
    for item in rows:
        copies[" ".join((item[1].mail.subject or "").casefold().split()), same_text(item[1].mail.body)].append(item)
    kept = []
    for same in copies.values():
        if len({e.label for _, e, _ in same}) > 1:
            said = ", ".join(f"{where} says {e.label}" for where, e, _ in same)
            aside += [SetAside(where=where, why="contradiction", text=f"the same message carries two labels: {said}") for where, _, _ in same]
            continue
        kept.append(same[0])
        aside += [SetAside(where=where, why="repeat", text=f"the same message and label as {same[0][0]}") for where, _, _ in same[1:]]
    return kept


def _without_leaks(rows: list[tuple[str, Example, bool]], aside: list[SetAside], reserved: Sequence[Example]) -> list[tuple[str, Example, bool]]:
    """Set aside messages that stand, nearly word for word, in another given group as well, or among the reserved ones."""
    bodies = [e.mail.body for _, e, _ in rows]
    out: dict[int, str] = {}
    for i, j in near_duplicates(bodies, [e.mail.body for e in reserved]):
        out.setdefault(i, f"nearly the same as the test message {reserved[j].mail.id}, with which models are measured")
    for i, j in near_duplicates(bodies):
        (first, one, one_given), (_, other, other_given) = rows[i], rows[j]
        if one_given and other_given and one.group != other.group and i not in out:
            out.setdefault(j, f"leak between groups: nearly the same as {first}, which is in group {one.group!r}; this one is in {other.group!r}")
    aside += [SetAside(where=rows[i][0], why="leak", text=text) for i, text in sorted(out.items())]
    return [item for i, item in enumerate(rows) if i not in out]


def _hash(source: Any) -> str:
    if isinstance(source, (str, os.PathLike)):
        return data_hash(source)
    text = json.dumps(json.loads(source.to_json(orient="records", date_format="iso")), sort_keys=True, ensure_ascii=False)
    return hashlib.sha256(text.encode("utf-8", "replace")).hexdigest()
