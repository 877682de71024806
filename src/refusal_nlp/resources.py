"""Where the shipped model and data lie: inside the package in a wheel, beside `src` in a checkout."""

from __future__ import annotations

import pathlib

from refusal_nlp.errors import MissingFileError

_PACKAGE = pathlib.Path(__file__).resolve().parent


def find(*parts: str) -> pathlib.Path:
    """Return the path of a shipped file or folder.

    Raises
    ------
    MissingFileError
        Where the installation lacks it.

    """
    for base in (_PACKAGE, _PACKAGE.parent.parent):
        place = base.joinpath(*parts)
        if place.exists():
            return place
    raise MissingFileError(f"{'/'.join(parts)}: not part of this installation; install refusal-nlp again")
