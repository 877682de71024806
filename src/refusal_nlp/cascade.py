"""From messages to rows in two steps: the gate, which every process can do at once, and the pipeline, for which a model has to be loaded."""

from __future__ import annotations

import pathlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from os import PathLike as OsPath
from typing import TYPE_CHECKING, Any

from refusal_nlp.gate import KeptOut, gate, text_of
from refusal_nlp.mail.fast import RawMail, quick_text
from refusal_nlp.parallel import batches_of
from refusal_nlp.report.rows import row_of
from refusal_nlp.types import Mail

if TYPE_CHECKING:  # a process that only sifts does without the pipeline's libraries
    from refusal_nlp.reader import RefusalReader

PathLike = str | OsPath[str]
Item = RawMail | Mail
Row = dict[str, Any]


@dataclass(frozen=True, kw_only=True, slots=True)
class Options:
    """How to scan.

    Attributes
    ----------
    everything : bool
        False leaves out the rows of messages that the gate keeps out, which saves parsing them in full.
    thorough : bool
        True sends every message through the pipeline, without the gate.

    """

    everything: bool = True
    thorough: bool = False


DEFAULT = Options()


@dataclass(frozen=True, kw_only=True, slots=True)
class Part:
    """What came of some messages that follow each other.

    Attributes
    ----------
    rows : list of dict
        In their order, see `refusal_nlp.report.rows.COLUMNS`.
    read : int
        How many messages were read; more than rows where rows were left out.

    """

    rows: list[Row]
    read: int


@dataclass(frozen=True, kw_only=True, slots=True)
class Sifted:
    """What the gate made of some messages that follow each other.

    Attributes
    ----------
    rows : list
        A row for each message that was kept out (None where it is not wanted), and the message itself where it passed.

    """

    rows: list[Row | Mail | None]

    @property
    def passed(self) -> list[Mail]:
        """The messages for the pipeline."""
        return [row for row in self.rows if isinstance(row, Mail)]


class LazyReader:
    """A reader that is loaded when it is first needed; it travels to other processes unloaded.

    Parameters
    ----------
    load : callable
        Returns the reader; picklable where it has to travel.

    """

    def __init__(self, load: Callable[[], RefusalReader]) -> None:
        self._load = load
        self._reader: RefusalReader | None = None

    def __call__(self) -> RefusalReader:
        """Return the reader, always the same."""
        if self._reader is None:
            self._reader = self._load()
        return self._reader

    def __reduce__(self) -> tuple[type[LazyReader], tuple[Callable[[], RefusalReader]]]:
        """Leave the loaded reader behind."""
        return LazyReader, (self._load,)


def sift(items: Sequence[Item], options: Options, model: str) -> Sifted:
    """Put some messages to the gate.

    Parameters
    ----------
    items : sequence of RawMail or Mail
    options : Options
    model : str
        What the rows of messages that are kept out name as their model.

    """
    rows: list[Row | Mail | None] = []
    for item in items:
        mail, kept = _look(item, options)
        if kept is None:
            rows.append(mail or _parsed(item))
        elif options.everything:
            mail = mail or _parsed(item)
            rows.append(_unread(mail) or row_of(mail, kept.analysis(model)))
        else:
            rows.append(None)
    return Sifted(rows=rows)


def judge(reader: RefusalReader, sifted: Sequence[Sifted]) -> list[Part]:
    """Send what passed through the pipeline, all together: a message alone costs twice as much."""
    passed = [mail for some in sifted for mail in some.passed]
    found = iter([row for mails in batches_of(passed) for row in read_rows(reader, mails)])
    rows = [[next(found) if isinstance(row, Mail) else row for row in some.rows] for some in sifted]
    return [Part(rows=[row for row in some if row is not None], read=len(some)) for some in rows]


def read_rows(reader: RefusalReader, mails: list[Mail]) -> list[Row]:
    """Return a row for each message, without the gate; where the batch fails, each message is tried alone."""
    try:
        rows = [row_of(mail, analysis) for mail, analysis in zip(mails, reader.read_batch(mails), strict=True)]
    except Exception as fault:  # one message must not take the rest with it
        if len(mails) == 1:
            return [row_of(mails[0], None, f"not analysed: {type(fault).__name__}: {fault}")]
        return [row for mail in mails for row in read_rows(reader, [mail])]
    return [_unread(mail) or row for mail, row in zip(mails, rows, strict=True)]


def error_item(path: PathLike, error: str) -> Mail:
    """Return what stands in the place of a path that cannot be read."""
    return Mail(body="", id=str(pathlib.Path(path).name), source=str(path), error=error)


def _look(item: Item, options: Options) -> tuple[Mail | None, KeptOut | None]:
    """Parse a message as far as needed, and say whether the gate keeps it out."""
    if options.thorough:
        return None, None
    quick = None if isinstance(item, Mail) else quick_text(item.data)
    if quick:
        kept = [gate().keeps_out(version, to_list=quick.to_list) for version in quick.versions]
        return None, kept[0] if all(kept) else None
    mail = _parsed(item)
    # Of what cannot be read, the gate cannot know.
    return mail, gate().keeps_out(text_of(mail)) if mail.body.strip() else None


def _parsed(item: Item) -> Mail:
    return item if isinstance(item, Mail) else item.mail()


def _unread(mail: Mail) -> Row | None:
    """The row of a message of which nothing could be read: "not a refusal" would hide it from whoever looks at the refusals alone."""
    return row_of(mail, None) if mail.error and not mail.body.strip() else None
