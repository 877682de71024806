"""What a follow-up must be and must not say, as rules with their sources; for our drafts and for anybody's own."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from refusal_nlp.lexicon.load import rules
from refusal_nlp.types import Advice, FollowUp

BODY_WORDS = (45, 120)  # both included
QUESTION_WORDS = 30
OWN_NAME = "[your name]"

_ADVISERS = "Careers advice (TARGETjobs, The Hindu, howtorespondto.com)"
_POLITENESS = "Danescu-Niculescu-Mizil et al. 2013, A computational approach to politeness (ACL)"
_HOUSE = "House rule of this project"
_THANKS = re.compile(r"\b(?:thank you|thanks|thankful|grateful|appreciate)\b", re.I)
_WISHES = re.compile(r"\b(?:wish(?:es)?|all the best|every success|good luck|success with)\b", re.I)
_SIGN_OFF = re.compile(r"\n[^\n]*\b(?:regards|wishes|sincerely|faithfully|best|greetings|thanks|cheers|yours)\b[^\n]*\n+[^\n]+\s*\Z", re.I)
_SENTENCE_END = re.compile(r"[.!?](?=\s+\S)")
_OF_AN_INTERVIEW = re.compile(
    r"\b(?:our (?:conversation|talk|interview|meeting|call|chat)|the interview|the conversation|next interview|speak with me|talk(?:ed|ing)? (?:with|to) you|"
    r"(?:met|meeting|meet) (?:you|the team) (?:in person|again)|my answers|at first hand)\b",
    re.I,
)
_OF_BEING_KEPT = re.compile(
    r"\b(?:borne in mind|keep(?:ing)? (?:me in mind|my (?:details|CV|application))|think(?:ing)? of me|losing sight of|later opening)\b", re.I
)


@dataclass(frozen=True, kw_only=True, slots=True)
class Fault:
    """One thing that a follow-up should not be or say.

    Attributes
    ----------
    rule : str
        Id of the rule; those of wording stand in ``lexicon/politeness.toml``.
    text : str
        The words at fault, or the measure that is off.
    says : str
        What is wrong, in plain words.
    source : str
        Where the rule is from.

    """

    rule: str
    text: str
    says: str
    source: str


def lint(draft: FollowUp | str, *, interviewed: bool | None = None, kept: bool | None = None, names: Iterable[str] = ()) -> tuple[Fault, ...]:
    """Hold a follow-up to the rules of politeness.

    Parameters
    ----------
    draft : FollowUp or str
        A suggestion with all its parts, or the text of a reply alone.
    interviewed : bool or None
        Whether there was an interview: where there was none, the reply must not speak of one. None where that is not known.
    kept : bool or None
        Whether the employer keeps the application for later; as for `interviewed`.
    names : iterable of str
        Names of people, companies and roles in the text. They are not held to the rules of wording: a company may be called "Amazing".

    Returns
    -------
    tuple of Fault
        Empty for a follow-up in order.

    Examples
    --------
    >>> [f.rule for f in lint("Please explain why I was not chosen!") if "." in f.rule][:3]
    ['demand.explain', 'why.direct', 'shouting.marks']

    """
    hidden = tuple(filter(None, names))
    if isinstance(draft, str):
        return (*wording_faults(_without(draft, hidden)), *_reply(draft), *_untrue(draft, interviewed, kept))
    found: list[Fault] = []
    if draft.advice is Advice.DO_NOT_WRITE and (draft.question or draft.body or draft.subject):
        found.append(Fault(rule="draft.unwanted", text=draft.body or "", says="drafts a reply where it advises against one", source=_HOUSE))
    if draft.advice is Advice.THANK_ONLY and draft.question:
        found.append(Fault(rule="question.unwanted", text=draft.question, says="asks where feedback was declined or given", source=_ADVISERS))
    if draft.body is not None:
        found += [*_subject(draft.subject), *wording_faults(_without(draft.body, hidden)), *_reply(draft.body), *_untrue(draft.body, interviewed, kept)]
        if draft.question is None and "?" in draft.body:
            found.append(Fault(rule="question.hidden", text=draft.body, says="asks in passing", source=_ADVISERS))
    if draft.question is not None:
        found += question_faults(draft.question)
        if draft.question not in (draft.body or ""):
            found.append(Fault(rule="question.lost", text=draft.question, says="the question does not stand in the reply", source=_HOUSE))
    return tuple(found)


def wording_faults(text: str) -> list[Fault]:
    """Return what the rules of ``lexicon/politeness.toml`` find in any text."""
    found = []
    for rule in rules("politeness.toml"):
        if match := rule.pattern.search(text):
            found.append(Fault(rule=rule.id, text=match.group().strip(), says=rule.says, source=rule.source))
    return found


def question_faults(question: str) -> list[Fault]:
    """Return what is wrong with the form of a question: one sentence, one question mark at its end, at most 30 words."""
    found = []
    if not question.endswith("?") or question.count("?") != 1:
        found.append(Fault(rule="question.mark", text=question, says="needs exactly one question mark, at its end", source=_ADVISERS))
    if len(question.split()) > QUESTION_WORDS:
        found.append(Fault(rule="question.long", text=question, says=f"is longer than {QUESTION_WORDS} words", source=_ADVISERS))
    if _SENTENCE_END.search(question):
        found.append(Fault(rule="question.sentences", text=question, says="is more than one sentence", source=_ADVISERS))
    return found


def _reply(body: str) -> Iterator[Fault]:
    """What a whole reply must have: its parts and its length."""
    words = len(body.split())
    if not BODY_WORDS[0] <= words <= BODY_WORDS[1]:
        yield Fault(rule="body.length", text=f"{words} words", says=f"needs {BODY_WORDS[0]} to {BODY_WORDS[1]} words", source=_HOUSE)
    if body.count("?") > 1:
        yield Fault(rule="body.questions", text=f"{body.count('?')} questions", says="asks more than one question", source=_ADVISERS)
    greeting = body.strip().split("\n", 1)[0]
    if not greeting.endswith(",") or len(greeting.split()) > 10:
        yield Fault(rule="body.greeting", text=greeting, says="does not begin with a greeting", source=_POLITENESS)
    if not _THANKS.search(body):
        yield Fault(rule="body.thanks", text="", says="thanks for nothing", source=f"{_POLITENESS}: gratitude rates polite; {_ADVISERS}")
    if not _WISHES.search(body):
        yield Fault(rule="body.wishes", text="", says="has no good wishes", source=_ADVISERS)
    if not _SIGN_OFF.search(body):
        yield Fault(rule="body.sign_off", text=body[-40:], says="does not end with a sign-off and a name", source=_HOUSE)
    if body.count(OWN_NAME) > 1:
        yield Fault(rule="body.own_name", text=OWN_NAME, says="has the place for the sender's name more than once", source=_HOUSE)


def _subject(subject: str | None) -> Iterator[Fault]:
    if not subject or not subject.strip() or "\n" in subject or re.search(r"[{}]", subject):
        yield Fault(rule="subject.blank", text=subject or "", says="has no subject of one filled line", source=_HOUSE)


def _untrue(body: str, interviewed: bool | None, kept: bool | None) -> Iterator[Fault]:
    if interviewed is False and (match := _OF_AN_INTERVIEW.search(body)):
        yield Fault(rule="untrue.interview", text=match.group(), says="speaks of an interview that did not happen", source=_HOUSE)
    if kept is False and (match := _OF_BEING_KEPT.search(body)):
        yield Fault(rule="untrue.kept", text=match.group(), says="thanks for being kept in mind where that was not said", source=_HOUSE)


def _without(text: str, names: tuple[str, ...]) -> str:
    for name in sorted(names, key=len, reverse=True):
        text = re.sub(rf"(?<!\w){re.escape(name)}(?!\w)", "Ada", text)
    return text
