"""Mailboxes cut into pieces of work for other processes: who does one is told where to read, not what is there."""

from __future__ import annotations

import pathlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from refusal_nlp.cascade import Item, Part, PathLike, error_item
from refusal_nlp.errors import EmptyInputError, RefusalError
from refusal_nlp.mail.fast import RawMail
from refusal_nlp.mail.read import KNOWN, Source, ranges, read_source, sources
from refusal_nlp.report.rows import row_of

_FILES = 500  # small files of one piece


@dataclass(frozen=True, kw_only=True, slots=True)
class Piece:
    """Some files of one path, or ranges of them.

    Attributes
    ----------
    path : int
        Place of the path among those that are scanned.
    sources : tuple of Source
    skip : int
        Messages at the start to leave out.
    error : RefusalError or None
        Why no more of the path can be read.

    """

    path: int
    sources: tuple[Source, ...]
    skip: int = 0
    error: RefusalError | None = None

    def items(self) -> Iterator[Item]:
        """Yield the messages, not yet parsed; raises `RefusalError` where a file that was asked for by name cannot be read."""
        found = (item for source in self.sources for item in read_source(source, RawMail.hold))
        for place, item in enumerate(found):
            if place >= self.skip:
                yield item

    def size(self) -> int:
        """How many bytes there are to read."""
        return sum(map(_size, self.sources))


@dataclass(frozen=True, kw_only=True, slots=True)
class Outcome:
    """What came of a piece of a path: its rows, and why the rest of it could not be read."""

    path: int
    part: Part
    error: RefusalError | None


def pieces(paths: Sequence[PathLike], size: int) -> Iterator[Piece]:
    """Yield the pieces of all paths, in order and lazily: a folder may hold millions of files.

    Parameters
    ----------
    paths : sequence of path-like
        Mailboxes, folders or tables.
    size : int
        Bytes of a piece. Of a large mbox it is a range; any other large file is one piece, whatever its size.

    """
    for number, path in enumerate(paths):
        some: list[Source] = []
        weight = 0
        try:
            for source in sources(path):
                for cut in ranges(source, size):
                    if some and weight + _size(cut) > size:
                        yield Piece(path=number, sources=tuple(some))
                        some, weight = [], 0
                    some.append(cut)
                    weight += _size(cut)
                    if weight >= size or len(some) >= _FILES:
                        yield Piece(path=number, sources=tuple(some))
                        some, weight = [], 0
            if some:
                yield Piece(path=number, sources=tuple(some))
        except RefusalError as fault:
            yield Piece(path=number, sources=tuple(some), error=fault)


def without_first(found: Iterator[Piece], skip: int) -> Iterator[Piece]:
    """Leave out the first messages of all: what an interrupted scan has done already. They are counted, which takes no more than splitting files."""
    for piece in found:
        if not skip:
            yield piece
            continue
        count = _count(piece, skip)
        if count >= skip or piece.error:
            yield replace(piece, skip=min(skip, count))
        skip -= min(skip, count)


def parts_of(paths: Sequence[PathLike], outcomes: Iterator[Outcome], *, skipped: bool = False) -> Iterator[Part]:
    """Yield the parts of outcomes; a path that cannot be read is a row with its error, and an exception where none of the paths can be.

    Parameters
    ----------
    paths : sequence of path-like
    outcomes : iterator of Outcome
        Of all pieces, in their order.
    skipped : bool
        Whether messages were left out, so that a path without any is no empty one.

    Raises
    ------
    InputError
        Where none of the paths can be read.

    """
    faults: dict[int, RefusalError] = {}
    read = [0] * len(paths)
    for outcome in outcomes:
        read[outcome.path] += outcome.part.read
        yield outcome.part
        if outcome.error is not None:
            faults[outcome.path] = outcome.error
            if len(paths) > 1:
                yield Part(rows=[row_of(error_item(paths[outcome.path], str(outcome.error)), None)], read=1)
    if not skipped:
        faults |= {i: EmptyInputError(f"{path}: no message in it; give {KNOWN}") for i, path in enumerate(paths) if not read[i] and i not in faults}
    if paths and len(faults) == len(paths):
        raise faults[0]


def _count(piece: Piece, most: int) -> int:
    """How many messages a piece has, or a number above `most`."""
    count = 0
    try:
        for count, _ in enumerate(piece.items(), 1):
            if count > most:
                break
    except RefusalError:
        pass  # whoever reads it will say so
    return count


def _size(source: Source) -> int:
    try:
        return (source.stop or source.path.stat().st_size) - source.start
    except OSError:
        return 0


def place_of(piece: Piece) -> str:
    """Name what a piece reads, for an error."""
    return ", ".join(str(pathlib.Path(source.path)) for source in piece.sources[:3])
