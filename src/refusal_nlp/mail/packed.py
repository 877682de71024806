"""Compressed files and archives: unpacked one file after the other into a private folder, never by the names in them."""

from __future__ import annotations

import bz2
import errno
import gzip
import lzma
import pathlib
import re
import tarfile
import tempfile
import zipfile
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import IO, Any

MAX_RATIO = 250  # mail packs to a fifth or a tenth; zip bombs to a thousandth and less
FREE = 64_000_000  # bytes that any archive may unpack to
MAX_DEPTH = 3  # archives within archives
_CHUNK = 1 << 20
_ENDING = re.compile(r"(?i)\.(gz|bz2|xz)$")
_FAULTS = (OSError, EOFError, ValueError, RuntimeError, NotImplementedError, zlib.error, lzma.LZMAError, zipfile.BadZipFile, tarfile.TarError, KeyError)
ARCHIVES = ("gzip", "bzip2", "xz", "zip", "tar")


@dataclass(frozen=True, kw_only=True, slots=True)
class Unpacked:
    """A file out of an archive.

    Attributes
    ----------
    path : pathlib.Path or None
        Where it lies until the next one is asked for; None where nothing of it could be unpacked.
    name : str
        Its name in the archive.
    error : str or None
        Why it is not whole.

    """

    path: pathlib.Path | None
    name: str
    error: str | None = None


class _Bound:
    """How many bytes an archive may still unpack to."""

    def __init__(self, packed: int) -> None:
        self.left = max(FREE, packed * MAX_RATIO)

    def take(self, size: int) -> None:
        self.left -= size
        if self.left < 0:
            raise ValueError(f"it unpacks to more than {MAX_RATIO} times its size: unpack it yourself if you trust it, and scan the result")


def unpack(path: pathlib.Path, kind: str) -> Iterator[Unpacked]:
    """Yield the files of an archive, or the one file of a compressed file.

    Parameters
    ----------
    path : pathlib.Path
    kind : str
        One of `ARCHIVES`.

    Yields
    ------
    Unpacked
        A damaged archive gives what can be unpacked, with an error.

    """
    bound = _Bound(path.stat().st_size)
    with tempfile.TemporaryDirectory(prefix="refusal-nlp-") as folder:
        target = pathlib.Path(folder) / "file"
        try:
            if kind == "zip":
                yield from _zip(path, target, bound)
            elif kind == "tar":
                yield from _tar(path, target, bound)
            else:
                openers: dict[str, Callable[[pathlib.Path], IO[bytes]]] = {"gzip": gzip.GzipFile, "bzip2": bz2.BZ2File, "xz": lzma.LZMAFile}  # type: ignore[dict-item]
                with openers[kind](path) as source:
                    yield _copy(source, target, _ENDING.sub("", path.name), bound)
        except _FAULTS as fault:
            yield Unpacked(path=None, name=path.name, error=_explain(fault))


def _zip(path: pathlib.Path, target: pathlib.Path, bound: _Bound) -> Iterator[Unpacked]:
    with zipfile.ZipFile(path) as archive:
        for member in archive.infolist():
            if member.is_dir() or bound.left < 0:
                continue
            try:
                with archive.open(member) as source:
                    found = _copy(source, target, member.filename, bound)
            except _FAULTS as fault:
                found = Unpacked(path=None, name=member.filename, error=_explain(fault))
            yield found


def _tar(path: pathlib.Path, target: pathlib.Path, bound: _Bound) -> Iterator[Unpacked]:
    with tarfile.open(path, "r:") as archive:
        while (member := archive.next()) is not None and bound.left >= 0:
            archive.members = []  # type: ignore[attr-defined] # else it keeps every header that it has read
            source = archive.extractfile(member) if member.isfile() else None  # links and devices are left alone
            if source is not None:
                yield _copy(source, target, member.name, bound)


def _copy(source: Any, target: pathlib.Path, name: str, bound: _Bound) -> Unpacked:
    """Unpack one file; where that fails in the middle, what was unpacked is kept."""
    error = None
    with target.open("wb") as file:
        try:
            # read1: of a file that ends too early `read` gives nothing at all
            while chunk := source.read1(_CHUNK):
                bound.take(len(chunk))
                file.write(chunk)
        except _FAULTS as fault:
            error = _explain(fault)
    return Unpacked(path=target, name=name, error=error)


def _explain(fault: Exception) -> str:
    if isinstance(fault, OSError) and fault.errno == errno.ENOSPC:
        return f"no space to unpack it in {tempfile.gettempdir()}: set TMPDIR to a larger disk, or unpack it yourself"
    return f"cannot be unpacked in full: {fault or type(fault).__name__}"
