"""A linear model of single sentences with several yes-or-no outputs, saved as plain arrays and word lists."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import sparse
from sklearn.feature_extraction.text import CountVectorizer, TfidfVectorizer
from sklearn.linear_model import LogisticRegression

from refusal_nlp.calibration import Floats

Terms = Sequence[list[str]]


def same(terms: list[str]) -> list[str]:
    """Return the terms as they are: scikit-learn's vectorizers want a function."""
    return terms


class SentenceModel:
    """TF-IDF over the terms of a sentence beside its marks, a logistic regression for each output.

    Parameters
    ----------
    outputs : sequence of str
        Names of the outputs.
    strength : float
        Inverse of the regularisation of each logistic regression.
    mark_weight : float
        Value of a mark that is present, beside terms whose rows have length 1.
    yes_weight : float
        Weight of a sentence with a "yes" beside one with a "no": each output is rare.
    word_start : int
        Characters of a word that count as a term of their own beside the whole word, so that "certified" speaks for "certificate"; 0 for none.

    """

    def __init__(self, outputs: Sequence[str], strength: float = 10.0, mark_weight: float = 0.1, yes_weight: float = 2.0, word_start: int = 0) -> None:
        self.outputs = tuple(outputs)
        self.strength = strength
        self.mark_weight = mark_weight
        self.yes_weight = yes_weight
        self.word_start = word_start
        self.vectorizer = TfidfVectorizer(analyzer=same, min_df=2, sublinear_tf=True, dtype=np.float32)
        self.starts = TfidfVectorizer(analyzer=same, min_df=2, sublinear_tf=True, dtype=np.float32) if word_start else None
        self.marks = CountVectorizer(analyzer=same, binary=True, dtype=np.float32)
        self.weights = np.zeros((len(self.outputs), 0), np.float32)
        self.bias: Floats = np.zeros(len(self.outputs))

    @property
    def weights(self) -> NDArray[np.float32]:
        """Coefficients, of shape (n_outputs, n_terms + n_starts + n_marks)."""
        return self._weights

    @weights.setter
    def weights(self, weights: NDArray[np.float32]) -> None:
        self._weights = weights
        self._by_term = np.ascontiguousarray(weights.T, np.float64)  # as the product wants it: to turn it at every call takes longer than the product

    def fit(self, terms: Terms, marks: Terms, targets: NDArray[np.int8], weight: Floats) -> SentenceModel:
        """Fit on the terms and marks of sentences.

        Parameters
        ----------
        terms, marks : sequences of lists of str, one list a sentence
        targets : ndarray of shape (n_sentences, n_outputs)
            1, 0 or -1 for "left out".
        weight : ndarray of shape (n_sentences,)
            Of a sentence of weight 0 no word is learned either.

        """
        self.vectorizer.fit(itertools.compress(terms, weight > 0))
        if self.starts is not None:
            self.starts.fit(self._starts_of(itertools.compress(terms, weight > 0)))
        self.marks.fit(itertools.compress(marks, weight > 0))
        x = self._matrix(terms, marks)
        weights = np.zeros((len(self.outputs), x.shape[1]), np.float32)
        self.bias = np.full(len(self.outputs), -6.0)
        for column in range(len(self.outputs)):
            used = targets[:, column] >= 0
            y = targets[used, column]
            if y.min(initial=0) == y.max(initial=0):
                continue  # never seen: the output stays at "no"
            importance = weight[used] * np.where(y == 1, self.yes_weight, 1.0)
            model = LogisticRegression(C=self.strength, solver="liblinear", random_state=0).fit(x[used], y, importance)
            weights[column] = model.coef_[0]
            self.bias[column] = model.intercept_[0]
        self.weights = weights
        return self

    def scores(self, terms: Terms, marks: Terms) -> Floats:
        """Return log-odds of shape (n_sentences, n_outputs)."""
        if not len(terms):
            return np.zeros((0, len(self.outputs)))
        return np.asarray(self._matrix(terms, marks) @ self._by_term) + self.bias

    def _matrix(self, terms: Terms, marks: Terms) -> Any:
        starts = [] if self.starts is None else [self.starts.transform(self._starts_of(terms))]
        return sparse.hstack([self.vectorizer.transform(terms), *starts, self.marks.transform(marks) * self.mark_weight], format="csr")

    def _starts_of(self, terms: Iterable[list[str]]) -> Iterator[list[str]]:
        """Yield, for each sentence, how its single words begin; of equal length rows in another space than the whole words."""
        return ([term[: self.word_start] for term in row if " " not in term] for row in terms)
