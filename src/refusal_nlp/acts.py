"""What each sentence does, from quoted passages to targets, and from the scores of sentences to one row for a message."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from scipy.special import expit

from refusal_nlp.calibration import Floats
from refusal_nlp.features import Message, Sentence, cue_profile
from refusal_nlp.spans import Span, overlaps

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
