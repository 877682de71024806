"""Raw scores to probabilities, fitted on scores of messages that the model had not seen."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy.special import log_softmax
from sklearn.linear_model import LogisticRegression

Floats = NDArray[np.float64]


def platt(scores: Floats, truth: NDArray[np.bool_], weight: Floats) -> tuple[float, float]:
    """Return the slope and shift that turn held-out log-odds into probabilities (Platt 1999).

    Parameters
    ----------
    scores, truth, weight : ndarrays of shape (n,)

    Returns
    -------
    (float, float)
        (1, 0), the odds as they are, where only one answer is there to learn from.

    """
    if truth.all() or not truth.any():
        return 1.0, 0.0
    model = LogisticRegression(C=100.0).fit(scores[:, None], truth, weight)
    return float(model.coef_[0, 0]), float(model.intercept_[0])


def temperature(scores: Floats, truth: NDArray[np.intp], weight: Floats) -> float:
    """Return the factor on held-out log-scores with the highest likelihood (temperature scaling, Guo et al. 2017), from a fixed grid.

    Parameters
    ----------
    scores : ndarray of shape (n, n_classes)
    truth : ndarray of int, shape (n,)
        Columns of the right classes.
    weight : ndarray of shape (n,)

    """

    def loss(factor: float) -> float:
        chances = log_softmax(scores * factor, axis=1)
        return float(-np.average(chances[np.arange(len(truth)), truth], weights=weight))

    return min((round(0.3 + 0.05 * i, 2) for i in range(55)), key=loss)
