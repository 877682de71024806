"""Features to verdict: a scikit-learn classifier over what the sentences do and how the whole message is worded."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import sparse
from scipy.special import expit, softmax
from sklearn.base import BaseEstimator, ClassifierMixin
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.utils.validation import check_is_fitted

from refusal_nlp.acts import OUTPUTS, pool_all, sentence_targets, sentences_of
from refusal_nlp.calibration import Floats, platt, temperature
from refusal_nlp.features import Message, Sentence, describe, message_terms, sentence_marks, sentence_terms
from refusal_nlp.folds import group_folds
from refusal_nlp.inputs import check_lengths, check_texts, labels_of
from refusal_nlp.pipeline.build import build_pipeline, make_docs
from refusal_nlp.sentence_model import SentenceModel, same
from refusal_nlp.spans import Span
from refusal_nlp.types import REFUSALS, Label, Mail

LABELS = (Label.NOT_REFUSAL, *REFUSALS)


@dataclass(frozen=True, kw_only=True, slots=True)
class Verdict:
    """Probabilities of the labels, shape (4,) in the order of `LABELS`; log-odds of the sentences' acts, shape (n_sentences, n_outputs)."""

    probabilities: Floats
    acts: Floats


@dataclass(frozen=True, kw_only=True, slots=True)
class Bank:
    """Single sentences with their targets, shape (n_sentences, n_outputs), and the weight of each beside a sentence of a message."""

    sentences: Sequence[Sentence]
    targets: NDArray[np.int8]
    weight: float


class RefusalClassifier(ClassifierMixin, BaseEstimator):  # type: ignore[misc]
    """Classify texts as no refusal or one of three kinds of refusal.

    Two stages: a gate (refusal or not) and, for refusals, the kind. Both see the pooled acts of the sentences beside word n-grams. The
    acts that the stages are trained on come from sentence models that have not seen the message (cross-fitting by group).

    Parameters
    ----------
    act_strength, gate_strength, kind_strength : float
        Inverse of the regularisation of the sentence, gate and kind models.
    mark_weight : float
        Value of a cue in the sentence model, beside n-grams whose rows have length 1.
    yes_weight : float
        Weight of a sentence that does an act beside one that does not, in the sentence model.
    act_weight : float
        Factor on the pooled acts beside the n-grams, whose rows have length 1.
    gate_words, kind_words : float
        Factor on the n-grams in the gate and in the kind model.
    evasive_share : float
        Share of evasive ones among the refusals that the classifier will meet, in [0, 1]. Training data holds more of this rare kind on purpose;
        the probability of a refusal is corrected for that (label shift: Saerens et al. 2002). 3 to 5 % were counted in received mail.
    folds : int
        Folds of the cross-fitting and of the calibration.

    Attributes
    ----------
    classes_ : ndarray of shape (4,)
        The labels as strings, sorted.

    Examples
    --------
    >>> from refusal_nlp import RefusalClassifier
    >>> RefusalClassifier(folds=3).get_params()["folds"]
    3

    """

    def __init__(
        self,
        act_strength: float = 10.0,
        mark_weight: float = 0.1,
        yes_weight: float = 2.0,
        gate_strength: float = 3.0,
        kind_strength: float = 3.0,
        act_weight: float = 1.0,
        gate_words: float = 1.0,
        kind_words: float = 1.0,
        evasive_share: float = 0.04,
        folds: int = 5,
    ) -> None:
        self.act_strength = act_strength
        self.mark_weight = mark_weight
        self.yes_weight = yes_weight
        self.gate_strength = gate_strength
        self.kind_strength = kind_strength
        self.act_weight = act_weight
        self.gate_words = gate_words
        self.kind_words = kind_words
        self.evasive_share = evasive_share
        self.folds = folds

    def __sklearn_tags__(self) -> Any:
        """Tell scikit-learn that this is an estimator on texts, not on tables of numbers."""
        tags = super().__sklearn_tags__()
        tags.input_tags.string, tags.input_tags.one_d_array, tags.input_tags.two_d_array = True, True, False
        return tags

    def fit(
        self,
        X: Sequence[str | Mail | Message],  # noqa: N803 - scikit-learn's name
        y: ArrayLike,
        *,
        quotes: Sequence[Sequence[tuple[str, Span]]] | None = None,
        groups: Sequence[str] | None = None,
        sample_weight: Sequence[float] | None = None,
    ) -> RefusalClassifier:
        """Fit all stages.

        Parameters
        ----------
        X : sequence of str, Mail or Message
            With messages from `messages_of` a grid search runs the pipeline over each text once.
        y : array-like of str, shape (n_messages,)
            Labels of docs/labels.md, see also `refusal_nlp.inputs.labels_of`.
        quotes : sequence of sequences of (code, (start, end)), optional
            Labelled passages; without them the matches of the signal rules in refusals stand in.
        groups : sequence of str, optional
            Messages of one group are never on both sides of a fold; default: every message is a group.
        sample_weight : sequence of float, shape (n_messages,), optional
            Weight of each message in every stage; default 1. One of weight 0 is judged in the cross-validation and nothing is learned from it.

        Raises
        ------
        ValueError
            Where labels are unknown or fewer than two.

        """
        return self.fit_messages(messages_of(X), y, quotes=quotes, groups=groups, sample_weight=sample_weight)

    def fit_messages(
        self,
        messages: Sequence[Message],
        y: ArrayLike,
        *,
        quotes: Sequence[Sequence[tuple[str, Span]]] | None = None,
        groups: Sequence[str] | None = None,
        sample_weight: Sequence[float] | None = None,
        borrowed: Sequence[bool] | None = None,
        bank: Bank | None = None,
    ) -> RefusalClassifier:
        """Fit on features already made, see `fit`.

        Parameters
        ----------
        messages, y, quotes, groups, sample_weight
            As in `fit`.
        borrowed : sequence of bool, optional
            Messages that are known to use the sentences of refusals for something else, see `refusal_nlp.acts.sentence_targets`.
        bank : Bank, optional
            Single sentences for the sentence model alone.

        """
        labels = labels_of(y)
        check_lengths(len(messages), y=labels, quotes=quotes, groups=groups, sample_weight=sample_weight, borrowed=borrowed)
        refusal = labels != Label.NOT_REFUSAL
        if refusal.all() or not refusal.any():
            raise ValueError("labels must hold refusals and other messages")
        if quotes is None:
            quotes = [[(c.code, (c.start, c.end)) for s in m.sentences for c in s.cues] if r else [] for m, r in zip(messages, refusal, strict=True)]
        weight = np.ones(len(labels)) if sample_weight is None else np.asarray(sample_weight, float)

        sentences, bounds = sentences_of(messages)
        loan = borrowed if borrowed is not None else [False] * len(messages)
        targets = np.concatenate([sentence_targets(m, q, is_refusal=bool(r), borrowed=b) for m, q, r, b in zip(messages, quotes, refusal, loan, strict=True)])
        row_weight = np.repeat(weight, np.diff(bounds))
        extra = bank or Bank(sentences=(), targets=np.zeros((0, targets.shape[1]), np.int8), weight=1.0)
        folds = list(group_folds(groups if groups is not None else [str(i) for i in range(len(messages))], self.folds))
        scores = np.zeros(targets.shape)
        for train, held in folds:
            rows = _rows(bounds, train)
            model = self._fit_acts([sentences[i] for i in rows], targets[rows], row_weight[rows], extra)
            rows = _rows(bounds, held)
            scores[rows] = model.scores(*_described([sentences[i] for i in rows]))
        self.acts_ = self._fit_acts(sentences, targets, row_weight, extra)
        self.held_out_scores_, self.held_out_targets_ = scores, targets
        pooled = pool_all(messages, scores, bounds)

        self.words_ = TfidfVectorizer(analyzer=same, min_df=3, max_df=0.6, sublinear_tf=True, dtype=np.float32)
        terms = list(map(message_terms, messages))
        words = self.words_.fit(itertools.compress(terms, weight > 0)).transform(terms)
        held_gate, held_kind = np.zeros(len(labels)), np.zeros((len(labels), len(REFUSALS)))
        for train, held in folds:
            gate, kind = self._fit_stages(words[train], pooled[train], labels[train], weight[train])
            held_gate[held] = gate.decision_function(self._gate_x(words[held], pooled[held]))
            held_kind[held] = _kind_scores(kind, self._kind_x(words[held], pooled[held]))
        self.gate_, self.kind_ = self._fit_stages(words, pooled, labels, weight)
        self.gate_scale_ = platt(held_gate, refusal, weight)
        kinds = np.array([REFUSALS.index(Label(name)) for name in labels[refusal]])
        self.kind_scale_ = temperature(held_kind[refusal], kinds, weight[refusal])
        seen = np.average(labels[refusal] == Label.EVASIVE, weights=weight[refusal])
        self.evasive_factor_ = min(1.0, float(self.evasive_share / seen)) if seen else 1.0
        self.held_out_ = self._combine(held_gate, held_kind)
        self.classes_ = np.array(sorted(map(str, LABELS)))
        return self

    def judge(self, messages: Sequence[Message]) -> list[Verdict]:
        """Return a verdict for each message."""
        check_is_fitted(self)
        if not messages:
            return []
        sentences, bounds = sentences_of(messages)
        scores = self.acts_.scores(*_described(sentences))
        words = self.words_.transform(map(message_terms, messages))
        pooled = pool_all(messages, scores, bounds)
        gate = self.gate_.decision_function(self._gate_x(words, pooled))
        kind = _kind_scores(self.kind_, self._kind_x(words, pooled))
        chances = self._combine(gate, kind)
        return [Verdict(probabilities=chances[i], acts=scores[bounds[i] : bounds[i + 1]]) for i in range(len(messages))]

    def predict_proba(self, X: Sequence[str | Mail | Message]) -> Floats:  # noqa: N803
        """Return calibrated probabilities, shape (n_messages, 4), columns in the order of `classes_`."""
        check_is_fitted(self)
        order = [LABELS.index(Label(c)) for c in self.classes_]
        verdicts = self.judge(messages_of(X))
        return np.array([v.probabilities[order] for v in verdicts]).reshape(-1, len(LABELS))

    def predict(self, X: Sequence[str | Mail | Message]) -> NDArray[np.str_]:  # noqa: N803
        """Return the likeliest label of each text."""
        best = self.predict_proba(X).argmax(axis=1)
        return np.asarray(self.classes_[best])

    def _fit_acts(self, sentences: Sequence[Sentence], targets: NDArray[np.int8], weight: Floats, bank: Bank) -> SentenceModel:
        model = SentenceModel(OUTPUTS, self.act_strength, self.mark_weight, self.yes_weight)
        both = np.concatenate([weight, np.full(len(bank.sentences), bank.weight)])
        terms, marks = _described([*sentences, *bank.sentences])
        return model.fit(terms, marks, np.concatenate([targets, bank.targets]), both)

    def _gate_x(self, words: Any, pooled: Floats) -> Any:
        return sparse.hstack([words * self.gate_words, sparse.csr_matrix(pooled * self.act_weight)], format="csr")

    def _kind_x(self, words: Any, pooled: Floats) -> Any:
        return sparse.hstack([words * self.kind_words, sparse.csr_matrix(pooled * self.act_weight)], format="csr")

    def _fit_stages(self, words: Any, pooled: Floats, labels: NDArray[np.str_], weight: Floats) -> tuple[LogisticRegression, LogisticRegression]:
        refusal = labels != Label.NOT_REFUSAL
        gate = LogisticRegression(C=self.gate_strength, max_iter=2000).fit(self._gate_x(words, pooled), refusal, weight)
        kind = LogisticRegression(C=self.kind_strength, max_iter=2000).fit(self._kind_x(words, pooled)[refusal], labels[refusal], weight[refusal])
        return gate, kind

    def _combine(self, gate: Floats, kind: Floats) -> Floats:
        """Calibrated probabilities in the order of `LABELS` from the raw scores of both stages."""
        slope, shift = self.gate_scale_
        chance = expit(slope * gate + shift)
        share = softmax(kind * self.kind_scale_, axis=1)
        # An evasive refusal is the likeliest disguise of a false alarm, so its rareness is counted against "refusal"; which kind a refusal is
        # stays as learned, else the rare kind would hardly ever be named.
        odds = chance * (1 - share[:, REFUSALS.index(Label.EVASIVE)] * (1 - self.evasive_factor_))
        chance = odds / (odds + 1 - chance)
        return np.column_stack([1 - chance, share * chance[:, None]])


def messages_of(items: Sequence[str | Mail | Message]) -> list[Message]:
    """Run the preprocessing pipeline over texts or mails; what went through it stays as it is. Raises ValueError where an item is none of these."""
    check_texts(items)
    mails = [m if isinstance(m, Mail) else Mail(body=str(m)) for m in items if not isinstance(m, Message)]
    made = (describe(doc, mail) for doc, mail in zip(make_docs(build_pipeline(), mails), mails, strict=True))
    return [m if isinstance(m, Message) else next(made) for m in items]


def _described(sentences: Sequence[Sentence]) -> tuple[list[list[str]], list[list[str]]]:
    """Terms and marks of sentences, as the sentence model takes them."""
    return [sentence_terms(s) for s in sentences], [sentence_marks(s) for s in sentences]


def _rows(bounds: NDArray[np.intp], chosen: NDArray[np.intp]) -> NDArray[np.intp]:
    """Sentence rows of the chosen messages."""
    return np.concatenate([np.arange(bounds[i], bounds[i + 1]) for i in chosen]).astype(np.intp)


def _kind_scores(model: LogisticRegression, x: Any) -> Floats:
    """Log-scores for `REFUSALS` in their order; a kind never seen gets a low one."""
    out = np.full((x.shape[0], len(REFUSALS)), -20.0)
    log_chances = model.predict_log_proba(x)
    for column, name in enumerate(model.classes_):
        out[:, REFUSALS.index(Label(name))] = log_chances[:, column]
    return out
