"""The gate: a cheap test that keeps everyday mail away from the pipeline and lets every message pass that could be a refusal.

The test is a linear score over the words of a message, some 50 microseconds each, against a threshold far below what any known refusal reaches;
`tools/gate.py` fits it. What is kept out gets the row of a confident ``not_refusal``.
"""

from __future__ import annotations

import functools
import itertools
import math
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass

from refusal_nlp.language import identify, may_be_job_mail
from refusal_nlp.lexicon.load import read_text
from refusal_nlp.types import MODEL_LANGUAGE, REFUSALS, Analysis, Label, Mail

# None of some 4,000 everyday messages that it keeps out is a refusal (benchmarks/gate.py): with nothing found among n, a share of 3 / n is still
# possible at 95 % confidence ("rule of three"), and this is about that.
P_NOT_REFUSAL = 0.999
_SHARES = {Label.CATEGORICAL: 0.75, Label.EVASIVE: 0.05, Label.KEPT_ON_FILE: 0.2}  # of the three kinds among real refusals
_WINDOW = 12_000  # bytes judged at once: in a longer text the words of a short passage would count for nothing
_MAX_BYTES = 120_000  # the pipeline reads 30,000 characters, each at most four bytes
_STRANGE = 0.02  # of the bytes: more beyond ASCII than English has
_NOT_ASCII = bytes(range(128, 256))
_FEW_WORDS = 4  # the language of fewer cannot be told
# Letters to lower case, everything else to a space: the same words in whatever charset, because English words are ASCII in nearly all of them.
_LETTERS = bytes(c if 97 <= c <= 122 else c + 32 if 65 <= c <= 90 else 32 for c in range(256))


@dataclass(frozen=True, kw_only=True, slots=True)
class KeptOut:
    """What the gate knows of a message that it keeps out.

    Attributes
    ----------
    english : bool
        Whether it is in English; else it is in another language or in none that can be told.
    strange : str
        The text of a message that looks like another language, else empty.

    """

    english: bool
    strange: str = ""

    @property
    def language(self) -> str | None:
        """ISO 639-1 code; None where it cannot be told. Found out when it is asked for, as that takes longer than all the rest."""
        if self.english:
            return MODEL_LANGUAGE
        return identify(self.strange) if len(self.strange.split()) >= _FEW_WORDS else None

    def analysis(self, model: str) -> Analysis:
        """Return what stands in the place of the pipeline's verdict: a sure ``not_refusal``, or none in a language that the models do not know."""
        language = self.language
        chance = P_NOT_REFUSAL if language in {None, MODEL_LANGUAGE} else 0.5
        chances = {Label.NOT_REFUSAL: chance, **{kind: (1 - chance) * _SHARES[kind] for kind in REFUSALS}}
        return Analysis(label=Label.NOT_REFUSAL, probabilities=chances, needs_review=False, model=model, language=language)


@dataclass(frozen=True, kw_only=True, slots=True)
class Gate:
    """Weights and words of the test, see ``lexicon/gate.toml``.

    Attributes
    ----------
    weights : mapping of bytes to float
        Of words in lower case; the score is ``bias`` plus their sum over the root of the number of distinct words.
    bias, threshold, short_threshold, list_threshold : float
        A message passes from the threshold on: one of fewer than `short_words` distinct words from `short_threshold`, which is lower because
        so few words say little either way, and one that was sent to a discussion list from `list_threshold` on.
    short_words : int
        Distinct words from which a message is no short one.
    about, turn, english, other : frozenset of bytes
        Word lists.

    """

    weights: Mapping[bytes, float]
    bias: float
    threshold: float
    short_threshold: float
    short_words: int
    list_threshold: float
    about: frozenset[bytes]
    about_least: int
    to_you: frozenset[bytes]
    turn: frozenset[bytes]
    turn_least: int
    english: frozenset[bytes]
    english_least: int
    english_share: float
    other: frozenset[bytes]
    other_least: int
    other_share: float

    def keeps_out(self, text: bytes, *, to_list: bool = False) -> KeptOut | None:
        """Judge a message.

        Parameters
        ----------
        text : bytes
            Subject and text, in any charset that holds ASCII; more than what the message shows does no harm, less does.
        to_list : bool
            Whether it came through a discussion list, where a refusal is hardly ever sent.

        Returns
        -------
        KeptOut or None
            None for a message that has to pass.

        """
        text = text[:_MAX_BYTES]
        seen: set[bytes] = set()
        size = math.ceil(len(text) / math.ceil((len(text) or 1) / _WINDOW)) or 1  # windows of one size: a short rest would look like a note
        for start in range(0, len(text) or 1, size):
            words = words_of(text[start : start + size])
            if self.score(words) >= self._threshold(words, to_list=to_list) or self.is_sure(words):
                return None
            seen |= words
        if self._is_english(seen):
            return KeptOut(english=True)
        # Neither English nor anything else that can be told is what logs and lists look like.
        strange = len(self.other & seen) >= self.other_least or len(text) - len(text.translate(None, _NOT_ASCII)) > _STRANGE * len(text)
        return _in_other_language(text.decode("utf-8", "replace"), strange=strange)

    def score(self, words: set[bytes]) -> float:
        """Return the score of a set of words; the higher, the more like a refusal."""
        return self.bias + sum(map(self.weights.get, words, itertools.repeat(0.0))) / math.sqrt(max(4, len(words)))

    def _threshold(self, words: set[bytes], *, to_list: bool) -> float:
        if to_list:
            return self.list_threshold
        return self.short_threshold if len(words) < self.short_words else self.threshold

    def is_sure(self, words: set[bytes]) -> bool:
        """Whether a set of words is that of a refusal beyond what weights say."""
        return len(self.about & words) >= self.about_least and len(self.turn & words) >= self.turn_least and not self.to_you.isdisjoint(words)

    def _is_english(self, words: set[bytes]) -> bool:
        found, other = len(self.english & words), len(self.other & words)
        enough = found >= self.english_least or found >= self.english_share * len(words) > 0
        return enough and other < max(self.other_least, self.other_share * found)


def words_of(text: bytes) -> set[bytes]:
    """Return the distinct runs of ASCII letters, in lower case.

    >>> sorted(words_of(b"We'd like YOUR c.v."))
    [b'c', b'd', b'like', b'v', b'we', b'your']
    """
    return set(text.translate(_LETTERS).split())


def text_of(mail: Mail) -> bytes:
    """Return what the gate looks at in a message that has been parsed already."""
    return f"{mail.subject or ''}\n{mail.body}".encode("utf-8", "replace")


@functools.cache
def gate() -> Gate:
    """Return the shipped gate; read once, immutable."""
    words = tomllib.loads(read_text("gate.toml"))
    fitted = tomllib.loads(read_text("gate_weights.toml"))
    sure, languages = words["sure"], words["languages"]

    def as_bytes(items: list[str]) -> frozenset[bytes]:
        return frozenset(item.encode() for item in items)

    return Gate(
        weights={word.encode(): float(weight) for word, weight in fitted["weights"].items()},
        bias=fitted["bias"],
        threshold=fitted["threshold"],
        short_threshold=fitted["short_threshold"],
        short_words=fitted["short_words"],
        list_threshold=fitted["list_threshold"],
        about=as_bytes(sure["about"]),
        about_least=sure["about_least"],
        to_you=as_bytes(sure["to_you"]),
        turn=as_bytes(sure["turn"]),
        turn_least=sure["turn_least"],
        english=as_bytes(languages["english"]),
        english_least=languages["english_least"],
        english_share=languages["english_share"],
        other=as_bytes(languages["other"]),
        other_least=languages["other_least"],
        other_share=languages["other_share"],
    )


def _in_other_language(text: str, *, strange: bool) -> KeptOut | None:
    """A message that may be in another language: it passes with a word of job mail in any language, so that a person will have a look at it."""
    if may_be_job_mail(Mail(body=text)):
        return None
    return KeptOut(english=False, strange=text if strange else "")
