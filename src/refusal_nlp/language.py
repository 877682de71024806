"""Which language a message is in: the models know English, and a verdict on another language would be a guess."""

from __future__ import annotations

import functools
from typing import TYPE_CHECKING, Any

from refusal_nlp.lexicon.load import same_length_casefold
from refusal_nlp.lexicon.search import possible
from refusal_nlp.types import MODEL_LANGUAGE, Mail

if TYPE_CHECKING:  # else the gate would load spaCy in processes that need no more than the gate
    from refusal_nlp.features import Message

# The commonest English words that are hardly words of its neighbours. Where enough of them stand, the costlier detector is not asked.
_ENGLISH = frozenset("the and of you your we our for with that this have has been will not are is it to from be as at by would can if".split())
_ENGLISH_SHARE = 0.15
_LEAST_WORDS = 4
_LEAST_CHANCE = 0.6  # below it the detector itself is unsure: signatures, tables, logs
_ENOUGH_CHARS = 2000


def language_of(message: Message, mail: Mail) -> str | None:
    """Return the language of the writer's own words.

    Parameters
    ----------
    message : Message
    mail : Mail
        The message that it was made of.

    Returns
    -------
    str or None
        ISO 639-1 code; None where there is too little text to tell.

    """
    words = [t for t in message.tokens if t[0].isalpha()]
    if len(words) < _LEAST_WORDS:
        return None
    if sum(w in _ENGLISH for w in words) >= _ENGLISH_SHARE * len(words):
        return MODEL_LANGUAGE
    return identify(" ".join(mail.body[s.start : s.end] for s in message.sentences))


def identify(text: str) -> str | None:
    """Return the ISO 639-1 code that the detector is sure of, from the beginning of a text; None where it is not sure."""
    code, chance = _identifier().classify(text[:_ENOUGH_CHARS])
    return str(code) if float(chance) >= _LEAST_CHANCE else None


def may_be_job_mail(mail: Mail) -> bool:
    """Whether a message in another language holds a word of job mail in any language of the lexicon."""
    text = f"{mail.subject or ''}\n{mail.body}"
    return any(rule.pattern.search(text) for rule in possible("languages.toml", same_length_casefold(text)))


@functools.cache
def _identifier() -> Any:
    """The detector of py3langid, loaded when the first message needs it: 139 languages, from the package's own files."""
    from py3langid.langid import MODEL_FILE, LanguageIdentifier

    return LanguageIdentifier.from_model_file(MODEL_FILE, norm_probs=True)
