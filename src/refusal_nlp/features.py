"""`Doc` to features: what a classifier may see of a message, as plain Python values."""

from __future__ import annotations

import functools
from collections.abc import Sequence
from dataclasses import dataclass

from spacy.lang.lex_attrs import like_email, like_url
from spacy.tokens import Doc

from refusal_nlp.lexicon.load import rules
from refusal_nlp.mail.address import takes_no_reply
from refusal_nlp.pipeline.components import CUES, SCOPE, ZONES, text_of
from refusal_nlp.spans import Span, overlaps, strip
from refusal_nlp.types import Mail

# Cues that tell what a message is about and where its process stands; they are counted over the whole message.
CUE_CODES = ("job", "applied", "alive", "other", "other_target")
_JOB = {"job", "applied"}
_LONG = 100  # words: by then job mail has named its matter
_KEPT_PUNCTUATION = {"?", "!", ":"}


@dataclass(frozen=True, kw_only=True, slots=True)
class Cue:
    """A place where a signal rule matched; half-open, in characters of the body."""

    code: str
    rule: str
    start: int
    end: int


@dataclass(frozen=True, kw_only=True, slots=True)
class Sentence:
    """One sentence of the writer's own words.

    Attributes
    ----------
    start, end : int
        Half-open, in characters of the body.
    tokens : tuple of str
        Lower-case words; numbers, links and addresses stand as placeholders.
    cues : tuple of Cue
        In the order of the rules.
    position : float
        Where in the own words it begins, in [0, 1).

    """

    start: int
    end: int
    tokens: tuple[str, ...]
    cues: tuple[Cue, ...]
    position: float


@dataclass(frozen=True, kw_only=True, slots=True)
class Message:
    """What the classifier sees of a message.

    Attributes
    ----------
    sentences : tuple of Sentence
        Of the writer's own words.
    subject : tuple of str
        Lower-case words of the subject line.
    no_reply_sender : bool
        Whether the sender's address takes no answers.
    about_job : bool
        Whether a word of job mail stands anywhere: own words, quoted mail, subject, sender.
    blocked : tuple of (int, int)
        Passages that are negated, conceded, general, in the future or about something else; half-open, in characters of the body.

    """

    sentences: tuple[Sentence, ...]
    subject: tuple[str, ...]
    no_reply_sender: bool
    about_job: bool
    blocked: tuple[Span, ...] = ()

    @property
    def tokens(self) -> list[str]:
        """The words of all sentences."""
        return [t for s in self.sentences for t in s.tokens]


def describe(doc: Doc, mail: Mail) -> Message:
    """Collect the features of a processed document.

    Parameters
    ----------
    doc : Doc
        From `refusal_nlp.pipeline.build.make_docs`.
    mail : Mail
        The message that it was made of.

    """
    foreign: list[Span] = [(z.start_char, z.end_char) for z in doc.spans[ZONES]]
    cues = [Cue(code=c.label_, rule=c.id_, start=c.start_char, end=c.end_char) for c in doc.spans[CUES]]
    own = []
    text = text_of(doc)
    for sent in doc.sents:
        span = strip(text, (sent.start_char, sent.end_char))
        if span[0] < span[1] and not any(overlaps(span, f) for f in foreign):
            own.append((span, tuple(filter(None, [normal_form(token.text) for token in sent]))))
    total = max(1, sum(len(words) for _, words in own))
    sentences, before = [], 0
    for (start, end), words in own:
        inside = tuple(c for c in cues if start <= c.start and c.end <= end)
        sentences.append(Sentence(start=start, end=end, tokens=words, cues=inside, position=before / total))
        before += len(words)
    subject = tuple(filter(None, map(_plain, (mail.subject or "").lower().split())))
    about_job = any(c.code in _JOB for c in cues) or speaks_of(mail.subject, _JOB) or speaks_of(mail.sender, {"job_sender"}, "headers.toml")
    return Message(
        sentences=tuple(sentences),
        subject=subject,
        no_reply_sender=takes_no_reply(mail.sender),
        about_job=about_job,
        blocked=tuple((s.start_char, s.end_char) for s in doc.spans[SCOPE]),
    )


def speaks_of(text: str | None, codes: set[str], rule_file: str = "signals.toml") -> bool:
    """Whether a rule of one of the codes matches a header."""
    return bool(text) and any(rule.pattern.search(str(text)) for rule in rules(rule_file) if rule.code in codes)


@functools.lru_cache(maxsize=1 << 16)  # the same words come again and again
def normal_form(word: str) -> str | None:
    """Return the form under which a token is counted, or None for one that is not.

    >>> [normal_form(w) for w in ("Thanks", "jobs@example.org", "2024", ",", "?")]
    ['thanks', '<link>', '<num>', None, '?']
    """
    if word.isspace():
        return None
    if like_url(word) or like_email(word):
        return "<link>"
    text = word.lower()
    if any(c.isdigit() for c in text):
        return "<num>"
    if not any(c.isalpha() for c in text):
        return text if text in _KEPT_PUNCTUATION else None
    return text.replace("’", "'")


def _plain(word: str) -> str | None:
    if any(c.isdigit() for c in word):
        return "<num>"
    return word.strip(".,;:!?()[]{}\"'-–|#*") or None


def cue_profile(message: Message) -> list[float]:
    """Return what a message is about, from its cues.

    Returns
    -------
    list of float, length 2 * len(CUE_CODES) + 4
        Each in [0, 1]: for each code of `CUE_CODES` whether it stands in the message at all and the share of sentences that hold it; whether
        something is applied for that is no job; whether no word of job mail stands anywhere, and the same for the longer the message the more;
        whether the subject line speaks of a job.

    """
    total = max(1, len(message.sentences))
    counts = {code: sum(any(c.code == code for c in s.cues) for s in message.sentences) for code in CUE_CODES}
    aside = counts["other_target"] > 0 and not counts["job"]
    length = min(1.0, sum(len(s.tokens) for s in message.sentences) / _LONG)
    return [
        *(float(n > 0) for n in counts.values()),
        *(n / total for n in counts.values()),
        float(aside),
        float(not message.about_job),
        length * (not message.about_job),
        float(speaks_of(" ".join(message.subject), {"job"})),
    ]


def ngrams(tokens: Sequence[str], longest: int) -> list[str]:
    """Return all runs of 1 to `longest` tokens.

    >>> ngrams(["a", "b", "c"], 2)
    ['a', 'b', 'c', 'a b', 'b c']
    """
    return [" ".join(tokens[i : i + n]) for n in range(1, longest + 1) for i in range(len(tokens) - n + 1)]


def sentence_terms(sentence: Sentence, longest: int = 3) -> list[str]:
    """Word n-grams of one sentence, its borders included."""
    return ngrams(["^", *sentence.tokens, "$"], longest)


def sentence_marks(sentence: Sentence) -> list[str]:
    """Codes and rules of a sentence's cues, alone and with a condition beside them."""
    codes = sorted({c.code for c in sentence.cues})
    marks = [f"cue={c}" for c in codes] + sorted({f"rule={c.rule}" for c in sentence.cues})
    if "alive" in codes:
        marks += [f"cue={c}&alive" for c in codes if c != "alive"]
    short = "length=short" if len(sentence.tokens) < 6 else "length=long"
    return [*marks, short]


def message_terms(message: Message, longest: int = 2) -> list[str]:
    """Terms of a whole message: word n-grams of body and subject."""
    terms = ngrams(message.tokens, longest)
    terms += [f"subject={t}" for t in ngrams(message.subject, 2)]
    terms.append("sender=no_reply" if message.no_reply_sender else "sender=other")
    return terms
