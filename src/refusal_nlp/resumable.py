"""A scan into a table that can be interrupted at any moment and gone on with.

Beside ``out.csv`` lies ``out.csv.resume`` while the scan runs: how many messages are done, how many bytes of the table hold their rows, what was scanned
and how. It is replaced as a whole after rows are written, about once a second. Going on cuts the table to that length and skips that many messages:
whatever was written since is written again, so that nothing is lost and nothing stands twice.
"""

from __future__ import annotations

import hashlib
import json
import os
import pathlib
import time
from collections.abc import Callable, Container, Iterable, Sequence
from dataclasses import asdict, dataclass, replace
from itertools import chain
from typing import TYPE_CHECKING, Any

from refusal_nlp import __version__
from refusal_nlp.cascade import DEFAULT, LazyReader, Options, Part, PathLike
from refusal_nlp.errors import OutputError, RefusalError, ResumeError
from refusal_nlp.report.rows import not_judged
from refusal_nlp.report.summary import Summary
from refusal_nlp.report.tables import TableWriter, companion
from refusal_nlp.scanning import scan_parts
from refusal_nlp.types import Label

if TYPE_CHECKING:
    from refusal_nlp.reader import RefusalReader

_EVERY = 1.0  # seconds between two notes of how far the scan is
_KINDS = ("resume", "resume.new", "rows", "part")


@dataclass(frozen=True, kw_only=True, slots=True)
class Progress:
    """How far a scan is.

    Attributes
    ----------
    job : dict of str to str
        What is scanned and how; a scan can only go on where all of it is as it was.
    read : int
        Messages done.
    size : int
        Bytes of the table that hold their rows.
    summary : dict
        See `Summary.to_dict`.

    """

    job: dict[str, str]
    read: int
    size: int
    summary: dict[str, Any]

    def save(self, out: pathlib.Path) -> None:
        """Write it beside the table, all or nothing."""
        new = companion(out, "resume.new")
        try:
            new.write_text(json.dumps(asdict(self)), "utf-8")
            new.replace(companion(out, "resume"))
        except OSError as fault:
            new.unlink(missing_ok=True)
            raise OutputError(f"{companion(out, 'resume')}: cannot be written: {fault.strerror or fault}") from fault


def scan_into(
    out: PathLike,
    paths: Sequence[PathLike],
    reader: RefusalReader | LazyReader,
    *,
    n_jobs: int = 1,
    options: Options = DEFAULT,
    resume: bool = False,
    watch: Callable[[Summary], None] = lambda summary: None,
) -> Summary:
    """Scan mailboxes and write a table of them.

    Parameters
    ----------
    out : path-like
        The table, see `TableWriter`.
    paths, reader, n_jobs, options
        As for `scan_parts`; ``options.everything`` False writes only what `wanted` names.
    resume : bool
        Go on with an interrupted scan of the same; begins anew where there is none.
    watch : callable
        Is given the summary, again and again, which has grown meanwhile.

    Raises
    ------
    ResumeError
        Where the interrupted scan was another one, or its mailboxes have changed since.
    OutputError
        Where the table cannot be written; rows written before stay readable, and the scan can go on later.
    KeyboardInterrupt
        After the table was finished with the rows so far; its message says how to go on.

    """
    place = pathlib.Path(out)
    begun = _begun(place) if resume else None
    parts = scan_parts(paths, reader, n_jobs=n_jobs, skip=begun.read if begun else 0, options=options)
    first = next(parts, None)  # other processes have begun to read, and go on while the model is loaded in this one
    run = _Run(place, _checked(place, begun, _job(place, paths, reader() if isinstance(reader, LazyReader) else reader, options)))
    watch(run.summary)
    try:
        for part in chain([first] if first else [], parts):
            run.add(part, options)
            watch(run.summary)
        run.table.close()
        run.forget()
    except KeyboardInterrupt:
        run.note()
        run.table.close()
        found = f"interrupted after {run.summary.messages} messages; {place} holds what was found so far"
        raise KeyboardInterrupt(f"{found}; the same command with --resume goes on") from None
    except OutputError as fault:
        raise OutputError(f"{fault}; what was written before is kept, and the same command with --resume goes on from there") from fault
    except RefusalError:
        if not run.progress.read:
            run.forget()
        raise
    finally:
        run.table.release()
    return run.summary


def wanted(row: dict[str, Any]) -> bool:
    """Refusals, and what could not be judged: a message must not vanish because it was broken or written in another language."""
    return row["label"] != Label.NOT_REFUSAL or (row["needs_review"] and not_judged(row))


class _Run:
    """A scan on its way: the table, and how far it is."""

    def __init__(self, place: pathlib.Path, progress: Progress) -> None:
        self.place = place
        self.progress = progress
        self.summary = Summary.from_dict(progress.summary)
        self.table = TableWriter(place, size=progress.size)
        self.noted = 0.0
        self.note()

    def add(self, part: Part, options: Options) -> None:
        for row in part.rows:
            if options.everything or wanted(row):
                self.table.write(row)
        self.summary.add_part(part.rows, part.read)
        read = self.progress.read + part.read
        self.progress = replace(self.progress, read=read, size=self.table.size(), summary=self.summary.to_dict())
        if time.monotonic() - self.noted >= _EVERY:
            self.note()

    def note(self) -> None:
        self.progress.save(self.place)
        self.noted = time.monotonic()

    def forget(self) -> None:
        companion(self.place, "resume").unlink(missing_ok=True)
        self.table.clean()


def _begun(place: pathlib.Path) -> Progress | None:
    """How far an interrupted scan into the same table came; None where there is none."""
    note = companion(place, "resume")
    try:
        begun = Progress(**json.loads(note.read_text("utf-8")))
        Summary.from_dict(begun.summary)
    except FileNotFoundError:
        return None
    except (OSError, ValueError, TypeError) as fault:
        raise ResumeError(f"{note}: cannot be read ({fault}): scan again without --resume") from fault
    return begun


def _checked(place: pathlib.Path, begun: Progress | None, job: dict[str, str]) -> Progress:
    """Where the scan goes on; raises where the one that was begun was another one, or its table is not as it left it."""
    if begun is None:
        return Progress(job=job, read=0, size=0, summary=Summary().to_dict())
    changed = [name for name, value in job.items() if begun.job.get(name) != value]
    if changed:
        raise ResumeError(f"{place}: the scan cannot go on, as {' and '.join(changed)} changed since it was interrupted: scan again without --resume")
    rows = companion(place, "rows") if companion(place, "rows").exists() else place
    if not rows.exists() or rows.stat().st_size < begun.size:
        raise ResumeError(f"{rows}: is shorter than when the scan was interrupted: scan again without --resume")
    return begun


def _job(out: pathlib.Path, paths: Sequence[PathLike], reader: RefusalReader, options: Options) -> dict[str, str]:
    """What is scanned and how, each in a short text under the name that an error calls it by."""
    ours = {out.absolute(), *(companion(out.absolute(), kind) for kind in _KINDS)}
    return {
        "the mailboxes": _digest([f"{pathlib.Path(path).absolute()} {_state(pathlib.Path(path), ours)}" for path in paths]),
        "the model": f"{reader.name} {_weights(reader)}",
        "the options": repr(sorted(asdict(options).items())),
        "the version of refusal-nlp": __version__,
    }


def _weights(reader: RefusalReader) -> str:
    """What tells a model from another one of the same name."""
    arrays = (reader.classifier.gate_.coef_, reader.classifier.kind_.coef_, reader.classifier.acts_.weights)
    return hashlib.sha256(b"".join(array.tobytes() for array in arrays)).hexdigest()[:16]


def _state(path: pathlib.Path, left_out: Container[pathlib.Path]) -> str:
    """Names, sizes and times of all files: when these are the same, so is what is in them."""
    if not path.is_dir():
        return _of_file(path)
    lines = []
    for folder, folders, names in os.walk(path):
        folders.sort()
        lines += [f"{folder}/{name} {_of_file(place)}" for name in sorted(names) if (place := pathlib.Path(folder, name)).absolute() not in left_out]
    return _digest(lines)


def _of_file(path: pathlib.Path) -> str:
    try:
        status = path.stat()
    except OSError:
        return "missing"
    return f"{status.st_size} {status.st_mtime_ns}"


def _digest(lines: Iterable[str]) -> str:
    digest = hashlib.sha256()
    for line in lines:
        digest.update(line.encode("utf-8", "surrogateescape") + b"\n")
    return digest.hexdigest()[:16]
