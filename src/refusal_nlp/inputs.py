"""What scikit-learn's tools hand to an estimator, checked before anything is made of it."""

from __future__ import annotations

from collections.abc import Iterable, Sized

import numpy as np
from numpy.typing import ArrayLike, NDArray

from refusal_nlp.features import Message
from refusal_nlp.types import Label, Mail


def check_texts(items: Iterable[object]) -> None:
    """Raise ValueError where `items` is one text, or an item is neither text nor mail nor processed message."""
    if isinstance(items, str):
        raise ValueError("X must be a sequence of texts, not one text")
    for i, item in enumerate(items):
        if not isinstance(item, (str, Mail, Message)):
            raise ValueError(f"X must hold texts; item {i} is of type {type(item).__name__}")


def check_lengths(count: int, **given: Sized | None) -> None:
    """Raise ValueError where something that belongs to `count` messages has another length."""
    for name, values in given.items():
        if values is not None and len(values) != count:
            raise ValueError(f"X and {name} differ in length: {count} and {len(values)}")


def labels_of(y: ArrayLike) -> NDArray[np.str_]:
    """Return labels as strings.

    Parameters
    ----------
    y : array-like of str, shape (n_messages,)
        Or of the positions of the labels in sorted order, which `sklearn.model_selection.cross_val_predict` makes of them, where all four
        occur (of fewer it cannot be told which is which).

    Raises
    ------
    ValueError
        Where a label is unknown.

    """
    given = np.asarray(y)
    if given.ndim != 1:
        raise ValueError(f"y must be a sequence of labels, shape (n_messages,); it has shape {given.shape}")
    names = sorted(map(str, Label))
    if given.dtype.kind in "iu" and set(given.tolist()) == set(range(len(names))):
        return np.array([names[i] for i in given.tolist()])
    if unknown := sorted({str(v) for v in given.tolist()} - set(names)):
        raise ValueError(f"unknown labels: {unknown}")
    return np.array([str(v) for v in given.tolist()])
