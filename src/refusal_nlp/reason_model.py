"""Which reasons a sentence states: two linear models over its words, beside what the rules match, what scope cues cover and which matters it touches.

The first says whether a sentence states any reason, the second which one, given that it does. So all codes teach together how a reason is put, and a
rare code has to be learned from its matter alone. Whether a reason is stated is judged beside the other sentences of the message: where one of them
plainly gives the reason, a doubtful one is seldom a second.
"""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.special import expit, logit, softmax
from sklearn.linear_model import LogisticRegression

from refusal_nlp.calibration import Floats, platt
from refusal_nlp.features import Sentence, sentence_terms
from refusal_nlp.folds import group_folds
from refusal_nlp.reason_rules import Match, topics_by_sentence
from refusal_nlp.sentence_model import SentenceModel
from refusal_nlp.types import ReasonCode

CODES = tuple(ReasonCode)
_FOLDS = 4
_LONGEST = 2  # words in a term: three did no better on letters of authors kept apart, and take longer
_BESIDE = {"decision", "hedge", "alive"}
_INVENTED_COST = 1.5  # of an invented reason, beside one that is missed: whoever is told a wrong one may act on it
_SEEN_FROM = -3.0  # log-odds from which a sentence without a match is looked at when its odds are turned into a probability
_ALONE = (1.0, 0.0, 0.0, 0.0, 0.0)  # the context of a sentence to which no other counts
_NO_OTHER = -5.0  # log-odds that stand for a sentence which is not there


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
    return Stated(terms=sentence_terms(sentence, _LONGEST), marks=sorted(marks), ruled=frozenset(stated))


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
    context : tuple of 5 float
        What the log-odds of `statement` weigh for the sentence itself, the highest of the message's others, the one before and the one behind; and a shift.
    ruled_scale, alone_scale : (float, float)
        Slope and shift that turn log-odds into a probability, for a code that a rule has matched and for one that none has (Platt 1999).
    keep_alone : float
        Probability in [0, 1] from which a reason counts as stated where no rule has matched; by default where the expected cost of quoting it is no
        higher than that of leaving it out. A match that no scope cue covers always counts: overruling it loses more right ones than wrong ones.

    """

    def __init__(
        self,
        statement: SentenceModel,
        matter: SentenceModel,
        *,
        context: tuple[float, ...] = _ALONE,
        ruled_scale: tuple[float, float] = (1.0, 0.0),
        alone_scale: tuple[float, float] = (1.0, 0.0),
        keep_alone: float = _INVENTED_COST / (1 + _INVENTED_COST),
    ) -> None:
        self.statement = statement
        self.matter = matter
        self.context = context
        self.ruled_scale = ruled_scale
        self.alone_scale = alone_scale
        self.keep_alone = keep_alone

    @classmethod
    def empty(cls) -> ReasonModel:
        """Return a model that is not fitted."""
        return cls(SentenceModel(["stated"], mark_weight=0.3), SentenceModel(list(map(str, CODES)), mark_weight=0.6, yes_weight=1.5, word_start=5))

    def stated(self, messages: Sequence[Sequence[Stated]]) -> list[list[dict[ReasonCode, float]]]:
        """Return, for each sentence of each message, the codes that count as stated with their probabilities in [0, 1]."""
        sentences = [sentence for message in messages for sentence in message]
        number_of = np.repeat(np.arange(len(messages)), [len(message) for message in messages])
        out: list[dict[ReasonCode, float]] = [{} for _ in sentences]
        odds = _weighed(_beside(self._own(sentences), number_of), self.context)
        # No code is likelier than that any reason is stated: most sentences need not be asked about their matter.
        within_reach = expit(self.alone_scale[0] * odds + self.alone_scale[1]) >= self.keep_alone
        rows = [row for row, s in enumerate(sentences) if s.ruled or within_reach[row] or self.alone_scale[0] < 0]
        asked = [sentences[row] for row in rows]
        ruled = _ruled(asked)
        chances = _scaled(_joined(odds[rows], self._matter(asked)), ruled, self.ruled_scale, self.alone_scale)
        for i, c in np.argwhere(ruled | (chances >= self.keep_alone)):
            out[rows[i]][CODES[c]] = float(chances[i, c])
        each = iter(out)
        return [list(itertools.islice(each, len(message))) for message in messages]

    def odds_of_clause(self, clauses: Sequence[Stated]) -> Floats:
        """Return how much each clause speaks for each code, as log-odds of shape (n_clauses, n_codes); its neighbours do not count."""
        return _joined(self._own(clauses), self._matter(clauses))

    def _own(self, sentences: Sequence[Stated]) -> Floats:
        return self.statement.scores([s.terms for s in sentences], [s.marks for s in sentences])[:, 0]

    def _matter(self, sentences: Sequence[Stated]) -> Floats:
        return self.matter.scores([s.terms for s in sentences], [s.marks for s in sentences])

    @classmethod
    def fit(
        cls,
        sentences: Sequence[Stated],
        targets: NDArray[np.int8],
        *,
        weight: Floats,
        groups: Sequence[str],
        messages: NDArray[np.intp],
        judged: NDArray[np.bool_],
    ) -> ReasonModel:
        """Fit; what weighs the neighbours and the scales come from models that had not seen the sentence's group.

        Parameters
        ----------
        sentences : sequence of Stated
        targets : ndarray of shape (n_sentences, n_codes)
            1, 0 or -1 for "left out".
        weight : ndarray of shape (n_sentences,)
        groups : sequence of str, length n_sentences
        messages : ndarray of int, shape (n_sentences,)
            Number of the message that the sentence stands in; the sentences of one stand together, in their order.
        judged : ndarray of bool, shape (n_sentences,)
            Sentences on which context and scales are fitted: those of refusals.

        """
        own, matter = np.zeros(len(sentences)), np.zeros(targets.shape)
        for train, test in group_folds(groups, _FOLDS):
            part = cls.empty()._learn([sentences[i] for i in train], targets[train], weight[train])
            held = [sentences[i] for i in test]
            own[test] = part._own(held)
            matter[test] = part._matter(held)
        out = cls.empty()._learn(sentences, targets, weight)
        answer = _answers(targets)
        seen = judged & (answer >= 0)
        beside = _beside(own, messages)
        out.context = _context(beside[seen], answer[seen] == 1, weight[seen])
        odds = _joined(_weighed(beside, out.context), matter)
        ruled = _ruled(sentences)
        known = (targets >= 0) & judged[:, None]
        share = np.repeat(weight[:, None], len(CODES), axis=1)
        scales = [platt(odds[part], targets[part] == 1, share[part]) for part in (known & ruled, known & ~ruled & (odds > _SEEN_FROM))]
        out.ruled_scale, out.alone_scale = scales
        return out

    def _learn(self, sentences: Sequence[Stated], targets: NDArray[np.int8], weight: Floats) -> ReasonModel:
        terms, marks = [s.terms for s in sentences], [s.marks for s in sentences]
        answers = _answers(targets)
        self.statement.fit(terms, marks, answers[:, None], weight)
        rows = np.flatnonzero(answers == 1)
        self.matter.fit([terms[i] for i in rows], [marks[i] for i in rows], targets[rows], weight[rows])
        return self


def _answers(targets: NDArray[np.int8]) -> NDArray[np.int8]:
    """Whether a sentence states any reason: 1, 0 or -1 for "left out"."""
    return np.where((targets == 1).any(axis=1), 1, np.where((targets == -1).any(axis=1), -1, 0)).astype(np.int8)


def _beside(own: Floats, messages: NDArray[np.intp]) -> Floats:
    """Log-odds of each sentence, of the highest other one of its message, of the one before and of the one behind; shape (n_sentences, 4)."""
    out = np.full((len(own), 4), _NO_OTHER)
    out[:, 0] = own
    borders = [0, *(np.flatnonzero(np.diff(messages)) + 1), len(own)]
    for start, end in itertools.pairwise(borders):
        if end - start > 1:
            part = own[start:end]
            best, second = np.partition(part, -2)[[-1, -2]]
            out[start:end, 1] = np.where(part == best, second, best)
            out[start + 1 : end, 2], out[start : end - 1, 3] = part[:-1], part[1:]
    return out


def _context(beside: Floats, stated: NDArray[np.bool_], weight: Floats) -> tuple[float, ...]:
    """Weights of a sentence and its neighbours, and a shift; the sentence alone where only one answer is there to learn from."""
    if stated.all() or not stated.any():
        return _ALONE
    model = LogisticRegression(C=1.0).fit(beside, stated, weight)
    return (*map(float, model.coef_[0]), float(model.intercept_[0]))


def _weighed(beside: Floats, context: tuple[float, ...]) -> Floats:
    return np.asarray(beside @ np.array(context[:-1]) + context[-1])


def _joined(stated: Floats, matter: Floats) -> Floats:
    """Log-odds that a reason is stated and is of a code, of which there is one: they compete."""
    return np.asarray(logit(np.clip(expit(stated)[:, None] * softmax(matter, axis=1), 1e-6, 1 - 1e-6)))


def _ruled(sentences: Sequence[Stated]) -> NDArray[np.bool_]:
    return np.array([[code in s.ruled for code in CODES] for s in sentences], bool).reshape(-1, len(CODES))


def _scaled(scores: Floats, ruled: NDArray[np.bool_], ruled_scale: tuple[float, float], alone_scale: tuple[float, float]) -> Floats:
    return np.asarray(np.where(ruled, expit(ruled_scale[0] * scores + ruled_scale[1]), expit(alone_scale[0] * scores + alone_scale[1])))
