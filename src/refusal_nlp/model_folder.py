"""A model folder as files: every one listed with its SHA-256, none of a kind that can execute code, replaced in one step."""

from __future__ import annotations

import hashlib
import json
import os
import pathlib
import shutil
from collections.abc import Mapping, Sequence
from typing import Any

from refusal_nlp.errors import ModelError, OutputError

CONFIG = "config.json"
_PICKLES = {".pkl", ".pickle", ".joblib", ".dill", ".cloudpickle", ".skops", ".pt", ".pth", ".bin", ".h5"}
_PICKLE_STARTS = tuple(bytes([0x80, protocol]) for protocol in range(2, 6))  # how pickles of protocols 2 to 5 begin
_IGNORED = {"Thumbs.db", "desktop.ini"}  # file managers put these, and names with a dot in front, everywhere


def folder_config(place: pathlib.Path, form: int, kind: str) -> dict[str, Any]:
    """Return the config of a model folder.

    Parameters
    ----------
    place : Path
    form : int
        Number of the format that the caller reads.
    kind : str
        Type of the model that the caller reads.

    Raises
    ------
    ModelError
        Where there is no config, it was changed, or it is of another format or type.

    """
    if place.is_file():
        raise ModelError(f"{place}: a model is a folder; a pickle or joblib file can run code when it is read, so this program reads none")
    if not (place / CONFIG).is_file():
        raise ModelError(f"{place}: no model there (a model is a folder with {CONFIG})")
    try:
        config = json.loads((place / CONFIG).read_text("utf-8"))
    except (OSError, ValueError, RecursionError) as fault:
        raise ModelError(f"{place}: {CONFIG} cannot be read: {fault}") from fault
    if not isinstance(config, dict) or not isinstance(config.get("sha256"), dict):
        raise ModelError(f"{place}: {CONFIG} does not describe a model")
    if (version := config.get("format")) != form:
        newer = isinstance(version, int) and version > form
        advice = "it was made by a newer version: update refusal-nlp" if newer else "train it again"
        raise ModelError(f"{place}: model format {version!r}, this version reads {form}; {advice}")
    if config.get("type") != kind:
        raise ModelError(f"{place}: a model of unknown type {config.get('type')!r}; this version reads {kind}")
    if config["sha256"].get(CONFIG) != _digest(config):
        raise ModelError(f"{place}: {CONFIG} is not as it was written; get the model again")
    return config


def read_files(place: pathlib.Path, config: Mapping[str, Any], needed: Sequence[str]) -> dict[str, bytes]:
    """Return the content of the files that a config lists, every one of them checked.

    Parameters
    ----------
    place : Path
    config : mapping
        From `folder_config`.
    needed : sequence of str
        Files without which there is no model.

    Raises
    ------
    ModelError
        Where a file is missing, changed, not listed, or of a kind that can run code.

    """
    listed = {str(name): digest for name, digest in config["sha256"].items() if name != CONFIG}
    for path in sorted(place.iterdir()):
        if path.suffix.lower() in _PICKLES or _begins_as_pickle(path):
            raise ModelError(f"{place}: {path.name} can run code when it is read; this program reads no such file, and none was read")
        if path.name not in {*listed, CONFIG, *_IGNORED} and not path.name.startswith("."):
            raise ModelError(f"{place}: {path.name} is no part of the model that {CONFIG} describes; take it away or get the model again")
    content = {}
    for name in dict.fromkeys([*needed, *listed]):
        if pathlib.PurePath(name).name != name:
            raise ModelError(f"{place}: {CONFIG} lists {name!r}, which lies outside of the model")
        try:
            content[name] = (place / name).read_bytes()
        except OSError as fault:
            raise ModelError(f"{place}: {name} cannot be read: {fault.strerror or fault}") from fault
        if hashlib.sha256(content[name]).hexdigest() != listed.get(name):
            raise ModelError(f"{place}: {name} is not the file that {CONFIG} describes; get the model again")
    return content


def write_folder(place: pathlib.Path, config: Mapping[str, Any], content: Mapping[str, bytes]) -> None:
    """Write a model folder; one that was there is replaced in one step: a run that is killed leaves the old or the new one.

    Raises
    ------
    OutputError
        Where the folder cannot be written, or holds files that are no model's.

    """
    full = {**config, "sha256": {name: hashlib.sha256(data).hexdigest() for name, data in sorted(content.items())}}
    new, old = (place.parent / f".{place.name}-{which}-{os.getpid()}" for which in ("new", "old"))
    try:
        if place.is_dir() and (foreign := _foreign(place, {*content, CONFIG})):
            raise OutputError(f"{place}: holds {foreign[0]}, which is no model's file; name another folder")
        new.mkdir(parents=True)
        for name, data in {**content, CONFIG: sealed(full)}.items():
            (new / name).write_bytes(data)
        _swap(new, place, old)
    except OSError as fault:
        raise OutputError(f"{place}: the model cannot be written: {fault.strerror or fault}") from fault
    finally:
        shutil.rmtree(new, ignore_errors=True)


def _foreign(place: pathlib.Path, known: set[str]) -> list[str]:
    """Files that neither the model there nor the new one has: they must not be lost with it."""
    try:
        listed = set(json.loads((place / CONFIG).read_text("utf-8"))["sha256"])
    except (OSError, ValueError, KeyError, TypeError):
        listed = set()
    return sorted(p.name for p in place.iterdir() if p.name not in known | listed | _IGNORED)


def _swap(new: pathlib.Path, place: pathlib.Path, old: pathlib.Path) -> None:
    if not place.is_dir():
        new.replace(place)
        return
    place.replace(old)
    try:
        new.replace(place)
    except OSError:
        old.replace(place)
        raise
    shutil.rmtree(old, ignore_errors=True)


def sealed(config: Mapping[str, Any]) -> bytes:
    """Return the bytes of a config with its own SHA-256 in it."""
    sums = {name: digest for name, digest in config["sha256"].items() if name != CONFIG}
    full = {**config, "sha256": {**sums, CONFIG: _digest(config)}}
    return (json.dumps(full, indent=2, ensure_ascii=False) + "\n").encode()


def _begins_as_pickle(path: pathlib.Path) -> bool:
    try:
        with path.open("rb") as file:
            return file.read(2) in _PICKLE_STARTS
    except OSError:
        return False  # a folder, or unreadable: said where the file is read


def _digest(config: Mapping[str, Any]) -> str:
    bare = {**config, "sha256": {name: digest for name, digest in config["sha256"].items() if name != CONFIG}}
    return hashlib.sha256(json.dumps(bare, sort_keys=True).encode()).hexdigest()
