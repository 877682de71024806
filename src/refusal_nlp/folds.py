"""Folds of a cross-validation in which groups stay together, and stay where they are when others join."""

from __future__ import annotations

import zlib
from collections.abc import Iterator, Sequence

import numpy as np
from numpy.typing import NDArray
from sklearn.model_selection import GroupKFold, PredefinedSplit

_MANY = 40  # groups for each fold: with so many, chance deals nearly even folds
Rows = NDArray[np.intp]


def group_folds(groups: Sequence[str], most: int) -> Iterator[tuple[Rows, Rows]]:
    """Yield the rows to learn from and the rows held out, for each fold.

    With many groups the name of a group alone says into which fold it goes, so that messages which are added change nothing about how the others
    are dealt: a model with them differs from one without by what they teach, and not by chance. Fewer groups are dealt by size.

    Parameters
    ----------
    groups : sequence of str
        Of each row.
    most : int
        Folds, at least 2; fewer where there are fewer groups.

    Raises
    ------
    ValueError
        Where there are fewer than two groups.

    """
    names = np.asarray(groups)
    number = len(set(groups))
    if number >= _MANY * most:
        yield from PredefinedSplit([zlib.crc32(str(name).encode("utf-8", "replace")) % most for name in groups]).split()
    else:
        yield from GroupKFold(min(most, number)).split(names, groups=names)
