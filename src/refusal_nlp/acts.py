"""What each sentence does: one linear output for each signal, trained on quoted passages."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import sparse
from scipy.special import expit
from sklearn.feature_extraction.text import CountVectorizer, TfidfVectorizer
from sklearn.linear_model import LogisticRegression

from refusal_nlp.features import Message, Sentence, cue_profile, sentence_marks, sentence_terms
from refusal_nlp.spans import Span, overlaps

Floats = NDArray[np.float64]

# The signals, and any stated reason, as acts of a sentence. `no_reply` is left to its rules: it is one formula.
OUTPUTS = (
    "decision",
    "hedge",
    "retention",
    "future_contact",
    "reapply",
    "feedback_given",
    "feedback_offered",
    "feedback_declined",
    "interviewed",
    "reason",
)
# These passages stand in acknowledgements and delays too. There no quotes are labelled, so such a sentence of a non-refusal is neither
# a yes nor a no: it is left out where a cue of the code matches.
_ALSO_ELSEWHERE = {"retention", "future_contact", "reapply", "feedback_offered", "feedback_declined", "interviewed"}
# In a message that turns down something else, or speaks about refusals, the sentences of a refusal stand too.
_BORROWED = _ALSO_ELSEWHERE | {"decision", "hedge", "feedback_given"}


def same(terms: list[str]) -> list[str]:
    """Return the terms as they are: scikit-learn's vectorizers want a function."""
    return terms


def sentence_targets(message: Message, quotes: Sequence[tuple[str, Span]], *, is_refusal: bool, borrowed: bool = False) -> NDArray[np.int8]:
    """Return 1, 0 or -1 (left out) for each sentence and output.

    Parameters
    ----------
    message : Message
    quotes : sequence of (str, (int, int))
        Code and half-open place in the body of each labelled passage; reasons under the code ``reason``.
    is_refusal : bool
        Whether the message is labelled as a refusal.
    borrowed : bool
        Whether it is known to use the sentences of refusals for something else.

    Returns
    -------
    ndarray of shape (n_sentences, n_outputs)

    """
    out = np.zeros((len(message.sentences), len(OUTPUTS)), np.int8)
    unsure = set() if is_refusal else _BORROWED if borrowed else _ALSO_ELSEWHERE
    for row, sentence in enumerate(message.sentences):
        codes = {code for code, span in quotes if overlaps(span, (sentence.start, sentence.end))}
        cued = {cue.code for cue in sentence.cues}
        for column, code in enumerate(OUTPUTS):
            if code in codes:
                out[row, column] = 1
            elif (code in unsure and code in cued) or (borrowed and code == "reason"):
                out[row, column] = -1
    return out


class ActModel:
    """Sentence classifier: TF-IDF over word n-grams and cues, a logistic regression for each output.

    Parameters
    ----------
    strength : float
        Inverse of the regularisation of each logistic regression.
    mark_weight : float
        Value of a cue that is present, beside n-grams whose rows have length 1.
    yes_weight : float
        Weight of a sentence that does the act beside one that does not: each act is rare.
    min_count : int
        A term must stand in so many sentences.

    """

    def __init__(self, strength: float = 10.0, mark_weight: float = 0.1, yes_weight: float = 2.0, min_count: int = 2) -> None:
        self.strength = strength
        self.mark_weight = mark_weight
        self.yes_weight = yes_weight
        self.min_count = min_count
        self.vectorizer = TfidfVectorizer(analyzer=same, min_df=min_count, sublinear_tf=True, dtype=np.float32)
        self.marks = CountVectorizer(analyzer=same, binary=True, dtype=np.float32)
        self.weights: NDArray[np.float32] = np.zeros((len(OUTPUTS), 0), np.float32)
        self.bias: Floats = np.zeros(len(OUTPUTS))

    def fit(self, sentences: Sequence[Sentence], targets: NDArray[np.int8], weight: Floats) -> ActModel:
        """Fit on sentences, targets of shape (n_sentences, n_outputs) and a weight for each sentence."""
        self.vectorizer.fit(map(sentence_terms, sentences))
        self.marks.fit(map(sentence_marks, sentences))
        x = self._matrix(sentences)
        self.weights = np.zeros((len(OUTPUTS), x.shape[1]), np.float32)
        self.bias = np.full(len(OUTPUTS), -6.0)
        for column in range(len(OUTPUTS)):
            used = targets[:, column] >= 0
            y = targets[used, column]
            if y.min(initial=0) == y.max(initial=0):
                continue  # never seen: the output stays at "no"
            importance = weight[used] * np.where(y == 1, self.yes_weight, 1.0)
            model = LogisticRegression(C=self.strength, solver="liblinear", random_state=0).fit(x[used], y, importance)
            self.weights[column] = model.coef_[0]
            self.bias[column] = model.intercept_[0]
        return self

    def scores(self, sentences: Sequence[Sentence]) -> Floats:
        """Return log-odds of shape (n_sentences, n_outputs)."""
        if not sentences:
            return np.zeros((0, len(OUTPUTS)))
        return np.asarray(self._matrix(sentences) @ self.weights.T.astype(np.float64)) + self.bias

    def _matrix(self, sentences: Sequence[Sentence]) -> Any:
        words = self.vectorizer.transform(map(sentence_terms, sentences))
        marks = self.marks.transform(map(sentence_marks, sentences))
        return sparse.hstack([words, marks * self.mark_weight], format="csr")


def sentences_of(messages: Sequence[Message]) -> tuple[list[Sentence], NDArray[np.intp]]:
    """Return all sentences and, for each message, the half-open bounds of its rows: shape (n_messages + 1,)."""
    bounds = np.cumsum([0] + [len(m.sentences) for m in messages])
    return [s for m in messages for s in m.sentences], bounds


def pool(scores: Floats, message: Message) -> Floats:
    """Turn the sentence scores of one message into one row.

    For each output: the highest and the second highest probability, the highest log-odds (clipped to [-6, 6], over 6), the position
    of the highest weighted by its probability, and the highest probability again where no word of job mail stands in the message: there a
    hedge is most likely talk. Then the logarithm of the number of sentences and of words, and the cue profile.

    Returns
    -------
    ndarray of shape (5 * n_outputs + 2 + length of the cue profile,)

    """
    n, sentences = len(OUTPUTS), message.sentences
    row = np.zeros(5 * n + 2)
    if sentences:
        chance = expit(scores)
        best = scores.argmax(axis=0)
        top = np.sort(chance, axis=0)
        row[:n] = top[-1]
        row[n : 2 * n] = top[-2] if len(sentences) > 1 else 0.0
        row[2 * n : 3 * n] = np.clip(scores.max(axis=0), -6, 6) / 6
        row[3 * n : 4 * n] = np.array([s.position for s in sentences])[best] * top[-1]
        row[4 * n : 5 * n] = 0.0 if message.about_job else top[-1]
        row[5 * n] = np.log1p(len(sentences)) / 4
        row[5 * n + 1] = np.log1p(sum(len(s.tokens) for s in sentences)) / 6
    else:
        row[2 * n : 3 * n] = -1.0
    return np.concatenate([row, cue_profile(message)])


def pool_all(messages: Sequence[Message], scores: Floats, bounds: NDArray[np.intp]) -> Floats:
    """Pool the scores of many messages; `bounds` as returned by `sentences_of`. One row a message."""
    return np.array([pool(scores[bounds[i] : bounds[i + 1]], m) for i, m in enumerate(messages)])
