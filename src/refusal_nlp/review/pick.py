"""Which messages a person should label next: those that teach most, and not the same thing twice."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.special import expit
from scipy.stats import rankdata
from sklearn.feature_extraction.text import TfidfVectorizer

from refusal_nlp.acts import OUTPUTS
from refusal_nlp.classify import Verdict, messages_of
from refusal_nlp.reader import RefusalReader
from refusal_nlp.review.candidates import Candidate, Key

POOL = 1000  # so many candidates are looked at closely; of a large mailbox the most uncertain half and a random half
_BLOCK = 500  # rows of similarities at a time
# What makes a message worth a label, in words for the person who gives it, and from which value on it is said.
UNCERTAIN, DISAGREEING, UNLIKE = "uncertain", "sentences and whole message disagree", "unlike the messages of the training"
_SAID_FROM = {UNCERTAIN: 0.3, DISAGREEING: 0.3, UNLIKE: 0.85}
_SHARE = {UNCERTAIN: 0.5, DISAGREEING: 0.25, UNLIKE: 0.25}  # of each in the choice: uncertainty alone asks about the same few borders again and again
_REFUSING = [OUTPUTS.index(code) for code in ("decision", "hedge", "retention")]
Floats = NDArray[np.float64]


@dataclass(frozen=True, kw_only=True, slots=True)
class Pick:
    """A message to label and why it was chosen. What the model takes it for stays out: whoever sees that first tends to agree (anchoring)."""

    candidate: Candidate
    why: tuple[str, ...]


def pick(candidates: Sequence[Candidate], reader: RefusalReader, known: Sequence[str], count: int, *, done: Collection[Key] = (), seed: int = 0) -> list[Pick]:
    """Choose messages to label, the most telling first.

    Three views are ranked and added: how uncertain the model is of the label, how far its sentence model and its verdict on the whole message lie apart,
    and how unlike all messages known so far it is. One message after the other is taken, each judged also by how unlike those already taken it is
    (maximal marginal relevance: Carbonell and Goldstein 1998).

    Parameters
    ----------
    candidates : sequence of Candidate
    reader : RefusalReader
        The model that is to learn.
    known : sequence of str
        Bodies that it has learned from, and those labelled already.
    count : int
        So many at most.
    done : collection of Key
        Messages that are labelled already; never chosen.
    seed : int
        Of the random half of the pool.

    """
    pool = _pool([c for c in candidates if c.key not in done], seed)
    if not pool or count < 1:
        return []
    verdicts = reader.classifier.judge(messages_of([c.mail for c in pool]))
    chances = np.array([v.probabilities for v in verdicts])
    words = TfidfVectorizer(sublinear_tf=True, dtype=np.float32)
    texts = words.fit_transform([*(c.mail.body for c in pool), *known])
    own, others = texts[: len(pool)], texts[len(pool) :]
    views = {UNCERTAIN: 1 - _margin(chances), DISAGREEING: _disagreement(verdicts), UNLIKE: 1 - _likeness(own, others)}
    value = np.sum([share * rankdata(views[name]) / len(pool) for name, share in _SHARE.items()], axis=0)
    out = []
    nearest = np.zeros(len(pool))
    for _ in range(min(count, len(pool))):
        best = int(np.argmax(value - nearest))
        value[best] = -np.inf
        nearest = np.maximum(nearest, (own @ own[best].T).toarray().ravel())
        said = tuple(name for name, least in _SAID_FROM.items() if views[name][best] >= least)
        out.append(Pick(candidate=pool[best], why=said or ("for variety",)))
    return out


def _pool(candidates: list[Candidate], seed: int) -> list[Candidate]:
    if len(candidates) <= POOL:
        return candidates
    margins = np.array([_margin(np.array([list(c.probabilities.values())]))[0] if c.probabilities else 0.0 for c in candidates])
    order = np.argsort(margins, kind="stable")
    rest = np.random.default_rng(seed).permutation(order[POOL // 2 :])[: POOL - POOL // 2]
    return [candidates[i] for i in sorted([*order[: POOL // 2], *rest])]


def _margin(chances: Floats) -> Floats:
    """Between the likeliest and the second likeliest label."""
    top = np.sort(chances, axis=1)
    return np.asarray(top[:, -1] - top[:, -2])


def _disagreement(verdicts: Sequence[Verdict]) -> Floats:
    """Between the probability of a refusal and that of the sentence that most looks like one."""
    sentence = np.array([expit(v.acts[:, _REFUSING]).max(initial=0.0) for v in verdicts])
    return np.asarray(np.abs(sentence - np.array([1 - v.probabilities[0] for v in verdicts])))


def _likeness(own: Any, others: Any) -> Floats:
    """Highest cosine of each row with any of the other rows."""
    if not others.shape[0]:
        return np.zeros(own.shape[0])
    blocks: list[Floats] = [(own[i : i + _BLOCK] @ others.T).max(axis=1).toarray().ravel() for i in range(0, own.shape[0], _BLOCK)]
    return np.hstack(blocks)
