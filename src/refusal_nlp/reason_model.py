"""Which reasons a sentence states: two linear models over its words, beside what the rules match, what scope cues cover and which matters it touches.

The first says whether a sentence states any reason, the second which one, given that it does. So all codes teach together how a reason is put, and a
rare code has to be learned from its matter alone.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.special import expit, logit

from refusal_nlp.calibration import Floats, platt
from refusal_nlp.features import Sentence, sentence_terms
from refusal_nlp.folds import group_folds
from refusal_nlp.reason_rules import Match, topics_by_sentence
from refusal_nlp.sentence_model import SentenceModel
from refusal_nlp.types import ReasonCode

CODES = tuple(ReasonCode)
_FOLDS = 4
_BESIDE = {"decision", "hedge", "alive"}
_BETA = 0.35  # an invented reason is about three times as bad as one missed
_SEEN_FROM = -3.0  # log-odds from which a sentence without a match is looked at when its odds are turned into a probability


@dataclass(frozen=True, kw_only=True, slots=True)
class Stated:
    """A sentence with its rule matches, ready for the model."""

    terms: list[str]
    marks: list[str]
    ruled: frozenset[str]


def _describe(sentence: Sentence, matches: Sequence[Match], topics: Sequence[str], neighbours: Sequence[Sentence]) -> Stated:
    """Collect what the reason model sees of a sentence; `neighbours` are the ones before and behind it."""
    stated = {m.rule.code for m in matches if not m.blocked}
    marks = {f"rule={m.rule.id}" for m in matches if not m.blocked} | {f"code={code}" for code in stated}
    marks |= {f"blocked={m.rule.code}" for m in matches if m.blocked} | {f"topic={code}" for code in topics}
    # "We received many applications" explains a refusal beside the decision, and only opens the thanks elsewhere.
    marks |= {f"cue={c.code}" for c in sentence.cues} | {f"beside={c.code}" for other in neighbours for c in other.cues if c.code in _BESIDE}
    return Stated(terms=sentence_terms(sentence), marks=sorted(marks), ruled=frozenset(stated))


def describe_all(sentences: Sequence[Sentence], body: str, matches: Sequence[Sequence[Match]]) -> list[Stated]:
    """Describe the sentences of a message, each with its neighbours."""
    topics = topics_by_sentence(sentences, body)
    beside = [[*sentences[max(0, i - 1) : i], *sentences[i + 1 : i + 2]] for i in range(len(sentences))]
    return [_describe(*item) for item in zip(sentences, matches, topics, beside, strict=True)]


class ReasonModel:
    """Probabilities of the codes of reasons for each sentence.

    Parameters
    ----------
    statement : SentenceModel
        One output: whether any reason is stated.
    matter : SentenceModel
        One output for each code of `CODES`, given that one is stated.
    ruled_scale, alone_scale : (float, float)
        Slope and shift that turn log-odds into a probability, for a code that a rule has matched and for one that none has (Platt 1999).
    keep_alone : float
        Probability in [0, 1] from which a reason counts as stated where no rule has matched. A match that no scope cue covers always counts: overruling
        it loses more right ones than wrong ones.

    """

    def __init__(
        self,
        statement: SentenceModel,
        matter: SentenceModel,
        *,
        ruled_scale: tuple[float, float] = (1.0, 0.0),
        alone_scale: tuple[float, float] = (1.0, 0.0),
        keep_alone: float = 0.5,
    ) -> None:
        self.statement = statement
        self.matter = matter
        self.ruled_scale = ruled_scale
        self.alone_scale = alone_scale
        self.keep_alone = keep_alone

    @classmethod
    def empty(cls) -> ReasonModel:
        """Return a model that is not fitted."""
        return cls(SentenceModel(["stated"], mark_weight=0.3), SentenceModel(list(map(str, CODES)), mark_weight=0.6, yes_weight=1.5, min_count=1))

    def chances(self, sentences: Sequence[Stated]) -> Floats:
        """Return probabilities of shape (n_sentences, n_codes)."""
        return _scaled(self.log_odds(sentences), _ruled(sentences), self.ruled_scale, self.alone_scale)

    def stated(self, sentences: Sequence[Stated]) -> list[dict[ReasonCode, float]]:
        """Return, for each sentence, the codes that count as stated with their probabilities in [0, 1]."""
        chances = self.chances(sentences)
        counts = _ruled(sentences) | (chances >= self.keep_alone)
        return [{CODES[c]: float(chances[row, c]) for c in np.flatnonzero(counts[row])} for row in range(len(sentences))]

    def log_odds(self, sentences: Sequence[Stated]) -> Floats:
        """Return log-odds of both models together, before the scales; shape (n_sentences, n_codes)."""
        terms, marks = [s.terms for s in sentences], [s.marks for s in sentences]
        return np.asarray(logit(np.clip(expit(self.statement.scores(terms, marks)) * expit(self.matter.scores(terms, marks)), 1e-6, 1 - 1e-6)))

    @classmethod
    def fit(cls, sentences: Sequence[Stated], targets: NDArray[np.int8], *, weight: Floats, groups: Sequence[str], judged: NDArray[np.bool_]) -> ReasonModel:
        """Fit; scales and threshold come from models that had not seen the sentence's group.

        Parameters
        ----------
        sentences : sequence of Stated
        targets : ndarray of shape (n_sentences, n_codes)
            1, 0 or -1 for "left out".
        weight : ndarray of shape (n_sentences,)
        groups : sequence of str, length n_sentences
        judged : ndarray of bool, shape (n_sentences,)
            Sentences on which scales and threshold are chosen: those of refusals.

        """
        held = np.zeros(targets.shape)
        for train, test in group_folds(groups, _FOLDS):
            part = cls.empty()._learn([sentences[i] for i in train], targets[train], weight[train])
            held[test] = part.log_odds([sentences[i] for i in test])
        ruled = _ruled(sentences)
        known = (targets >= 0) & judged[:, None]
        share = np.repeat(weight[:, None], len(CODES), axis=1)
        scales = [platt(held[part], targets[part] == 1, share[part]) for part in (known & ruled, known & ~ruled & (held > _SEEN_FROM))]
        chances = _scaled(held, ruled, *scales)
        free = known & ~ruled
        keep_alone = _best_threshold(chances[free], targets[free] == 1, share[free])
        out = cls.empty()._learn(sentences, targets, weight)
        out.ruled_scale, out.alone_scale = scales
        out.keep_alone = keep_alone
        return out

    def _learn(self, sentences: Sequence[Stated], targets: NDArray[np.int8], weight: Floats) -> ReasonModel:
        terms, marks = [s.terms for s in sentences], [s.marks for s in sentences]
        unsure = (targets == -1).any(axis=1)
        stated = (targets == 1).any(axis=1)
        self.statement.fit(terms, marks, np.where(stated, 1, np.where(unsure, -1, 0)).astype(np.int8)[:, None], weight)
        rows = np.flatnonzero(stated)
        self.matter.fit([terms[i] for i in rows], [marks[i] for i in rows], targets[rows], weight[rows])
        return self


def _ruled(sentences: Sequence[Stated]) -> NDArray[np.bool_]:
    return np.array([[code in s.ruled for code in CODES] for s in sentences], bool).reshape(-1, len(CODES))


def _scaled(scores: Floats, ruled: NDArray[np.bool_], ruled_scale: tuple[float, float], alone_scale: tuple[float, float]) -> Floats:
    return np.asarray(np.where(ruled, expit(ruled_scale[0] * scores + ruled_scale[1]), expit(alone_scale[0] * scores + alone_scale[1])))


def _best_threshold(chances: Floats, truth: NDArray[np.bool_], weight: Floats) -> float:
    """The probability, of a grid of twentieths, from which F-beta (van Rijsbergen 1979) is highest."""

    def score(cut: float) -> float:
        found = chances >= cut
        return (1 + _BETA**2) * float(weight[found & truth].sum()) / max(1e-9, float(weight[found].sum() + _BETA**2 * weight[truth].sum()))

    return max((round(0.05 * i, 2) for i in range(1, 19)), key=score)
