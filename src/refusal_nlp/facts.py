"""Who wrote, about which post: company, role and contact, empty rather than wrong."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from refusal_nlp.features import Message
from refusal_nlp.lexicon.load import rules
from refusal_nlp.mail.address import name_and_address, takes_no_reply
from refusal_nlp.types import Facts, Mail, Signal, SignalCode, Stage

_PERSON = re.compile(r"^(?:(?:Dr|Mr|Mrs|Ms|Prof)\.? )?[A-Z][\w'’.-]+(?: (?:[A-Z][\w'’.-]*|de|van|von|der|da|la|bin|al)){0,3}$")
_DANGLING = re.compile(r"(?: (?:and|of|for|&|-|–|/))+$")  # a title ends with a word, not with what joins it to the next
_NOT_ROLE = re.compile(r"^(?:open|same|above|following|other|new|current|first|next|mentioned|advertised)$", re.I)


def find_facts(message: Message, mail: Mail, signals: Sequence[Signal] = ()) -> Facts:
    """Return company, role and contact where the headers or the text name them plainly."""
    text = mail.body[: message.sentences[-1].end] if message.sentences else mail.body
    contact = _contact(mail, text)
    company = _company(mail, text, contact)
    if contact and _is_organisation(contact, company, mail.sender):
        contact = None
    return Facts(company=company, role=_role(mail, text), contact=contact, stage=_stage(signals))


_SPOKEN = re.compile(
    r"\b(?:interview\w*|conversations?|call(?:ed)?|sp[eo]+k(?:e|en|ing)?|talk\w*|chat\w*|met|meet(?:ing)?|visit\w*|discussion|came|coming)\b", re.I
)
_TESTED = re.compile(r"\b(?:test\w*|tasks?|assessments?|challenges?|exercises?|assignments?|case stud\w+|coding|code|trial)\b", re.I)


def _stage(signals: Sequence[Signal]) -> Stage | None:
    found = {
        Stage.INTERVIEWED if _SPOKEN.search(s.quote) else Stage.TESTED if _TESTED.search(s.quote) else None for s in signals if s.code is SignalCode.INTERVIEWED
    }
    return next((stage for stage in (Stage.INTERVIEWED, Stage.TESTED) if stage in found), None)


def _matches(code: str, text: str) -> Iterator[str]:
    """Yield what the rules of a code take, rule by rule."""
    for rule in rules("facts.toml"):
        if rule.code == code:
            for match in rule.pattern.finditer(text):
                yield _DANGLING.sub("", re.sub(r"\s+", " ", match["span"]).strip(" ,-–."))


def _without_desk(name: str) -> str:
    for rule in rules("facts.toml"):
        if rule.code == "desk":
            name = rule.pattern.sub(" ", name)
    return re.sub(r"\s+", " ", name).strip(" -,|@&")


def _is_person(name: str) -> bool:
    return bool(_PERSON.match(name)) and _without_desk(name) == name


def _is_organisation(name: str, company: str | None, sender: str | None) -> bool:
    """Whether what signs a message is the company: "Brot GmbH", the company's name, or the name in the sender's domain."""
    if any(rule.pattern.search(name) for rule in rules("facts.toml") if rule.code == "organisation"):
        return True
    bare = _letters(name)
    domain = _letters(name_and_address(sender)[1].rpartition("@")[2].rpartition(".")[0])
    return bool(company and (bare in _letters(company) or _letters(company) in bare)) or (" " not in name and bare in domain)


def _letters(text: str) -> str:
    return "".join(c for c in text.lower() if c.isalnum())


def _contact(mail: Mail, text: str) -> str | None:
    name, _ = name_and_address(mail.sender)
    if " " in name and not takes_no_reply(mail.sender) and _is_person(name):
        return name
    for line in list(_matches("closing", text))[-1:]:
        candidate = re.split(r" ?[,|–(] ?| - ", line)[0].strip()
        if _is_person(candidate) and not _is_organisation(line, None, mail.sender):
            return candidate
    return None


def _company(mail: Mail, text: str, contact: str | None) -> str | None:
    name, _ = name_and_address(mail.sender)
    if name and name != contact and "@" not in name:
        rest = _without_desk(name)
        if rest and rest[0].isupper() and not (contact and rest in contact):
            return rest
    return next((c for c in _matches("company", text) if _without_desk(c) == c), None)


def _role(mail: Mail, text: str) -> str | None:
    found = (role for place in (text, mail.subject or "") for role in _matches("role", place))
    return next((role for role in found if role and not _NOT_ROLE.match(role)), None)
