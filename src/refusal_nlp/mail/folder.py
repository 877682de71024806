"""The files of a folder, whatever it is: a Maildir, a Thunderbird profile, Apple Mail's tree, an MH folder or any mixture."""

from __future__ import annotations

import os
import pathlib
import re
from collections.abc import Iterator
from dataclasses import dataclass

_MAILDIR_FLAGS = re.compile(r"[:;!]2,([A-Za-z]*)$")  # ";" and "!" stand for ":" where a file system does not allow it
# Files beside mail that are none: indices, databases, settings.
_NO_MAIL = {".msf", ".dat", ".sqlite", ".db", ".pdf", ".html", ".htm", ".json", ".md", ".log", ".plist", ".js"}


@dataclass(frozen=True, kw_only=True, slots=True)
class Place:
    """A file that may hold mail.

    Attributes
    ----------
    path : pathlib.Path
    names : tuple of str
        Names of the folders it lies in, from the given folder downwards, and its own.

    """

    path: pathlib.Path
    names: tuple[str, ...]


def files(root: pathlib.Path) -> Iterator[Place]:
    """Yield the files below a folder, in the order of their names.

    Symbolic links are not followed, hidden files and whatever is no regular file are left out, of a Maildir ``tmp`` too.

    Parameters
    ----------
    root : pathlib.Path
        An existing folder.

    """
    stack = [Place(path=root, names=(root.name,))]  # a stack: folders may be nested deeper than Python recurses
    while stack:
        place = stack.pop()
        if not place.path.is_dir():
            yield place
            continue
        names = sorted(os.listdir(place.path))  # noqa: PTH208 - a Maildir may hold a million files: names take less memory than paths
        if is_maildir(names):
            names = ["cur", "new", *(n for n in names if n not in {"cur", "new", "tmp"})]
        found = [child for name in names if (child := _child(place, name))]
        stack.extend(reversed(found))


def _child(place: Place, name: str) -> Place | None:
    path = place.path / name
    if path.is_symlink():
        return None
    if path.is_dir():
        wanted = not name.startswith(".") or (path / "cur").is_dir()  # Maildir++ keeps its subfolders hidden
    else:
        wanted = path.is_file() and not name.startswith(".") and path.suffix.lower() not in _NO_MAIL
        if wanted and name.endswith(".partial.emlx"):
            wanted = not (place.path / name.replace(".partial.emlx", ".emlx")).exists()
    return Place(path=path, names=(*place.names, name)) if wanted else None


def is_maildir(names: list[str]) -> bool:
    """Whether a folder with these names in it is a Maildir; Thunderbird leaves out ``new``."""
    return "cur" in names and ("new" in names or "tmp" in names)


def maildir_flags(names: tuple[str, ...]) -> str | None:
    """Return the flags of a Maildir's message, None for any other file.

    >>> maildir_flags(("Maildir", "cur", "17.x:2,DS")), maildir_flags(("Inbox",))
    ('DS', None)
    """
    if len(names) < 2 or names[-2] not in {"cur", "new"}:
        return None
    found = _MAILDIR_FLAGS.search(names[-1])
    return found[1].upper() if found else ""
