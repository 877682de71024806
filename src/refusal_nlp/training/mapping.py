"""Other people's names for columns and labels, renamed by a mapping file."""

from __future__ import annotations

import json
import os
import pathlib
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from refusal_nlp.errors import DataError, MissingFileError
from refusal_nlp.types import Label

SKIP = "skip"  # a label that is left out on purpose
_TABLES = {"labels", "columns"}


@dataclass(frozen=True, kw_only=True, slots=True)
class Renaming:
    """New names of columns, and of labels in their plain form (see `plain`)."""

    columns: Mapping[str, str] = field(default_factory=dict)
    labels: Mapping[str, str] = field(default_factory=dict)

    def row(self, row: Mapping[str, Any]) -> dict[str, Any]:
        """Return a row with our names; a label that nobody knows stays as it is."""
        out = {self.columns.get(key, key): value for key, value in row.items()}
        label = out.get("label")
        if isinstance(label, str):
            name = plain(label)
            out["label"] = self.labels.get(name, name if name in set(Label) else label)
        return out


def plain(label: str) -> str:
    """Return a label without the differences that carry no meaning.

    >>> plain(" Kept on-file ")
    'kept_on_file'
    """
    return "_".join(label.strip().lower().replace("-", " ").replace("_", " ").split())


def read_mapping(source: str | os.PathLike[str] | Mapping[str, Any] | None) -> Renaming:
    """Read a mapping.

    Parameters
    ----------
    source : path-like, mapping or None
        A TOML or JSON file, or its content: a table ``labels`` from other people's labels to ours (or ``skip``), and a table ``columns`` from
        other people's columns to ours. A file with neither is taken as the table of labels.

    Raises
    ------
    MissingFileError
        Where nothing is there.
    DataError
        Where the file cannot be read, or a label leads to none of ours.

    """
    if source is None:
        return Renaming()
    where, content = ("mapping", dict(source)) if isinstance(source, Mapping) else (str(source), _content(pathlib.Path(source)))
    tables = content if set(content) & _TABLES else {"labels": content}
    if set(tables) - _TABLES or not all(isinstance(t, Mapping) for t in tables.values()):
        raise DataError(f"{where}: a mapping holds the tables `labels` and `columns`, and nothing else")
    labels, columns = dict(tables.get("labels", {})), dict(tables.get("columns", {}))
    wrong = sorted(f"{k} = {v!r}" for k, v in labels.items() if str(v) not in {*Label, SKIP})
    if wrong:
        raise DataError(f"{where}: labels must lead to one of {', '.join(Label)} or {SKIP}: {'; '.join(wrong)}")
    return Renaming(columns={str(k): str(v) for k, v in columns.items()}, labels={plain(str(k)): str(v) for k, v in labels.items()})


def _content(path: pathlib.Path) -> dict[str, Any]:
    try:
        text = path.read_text("utf-8-sig")
        content = json.loads(text) if path.suffix.lower() == ".json" else tomllib.loads(text)
    except FileNotFoundError:
        raise MissingFileError(f"{path}: no such file") from None
    except (OSError, ValueError) as fault:  # both parsers' errors, and a wrong encoding, are ValueErrors
        raise DataError(f"{path}: not a readable mapping (TOML, or JSON where the name ends in .json): {fault}") from fault
    if not isinstance(content, dict):
        raise DataError(f"{path}: a mapping must be a table of names")
    return content
