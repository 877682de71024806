"""Who wrote, about which post: company, role and contact, empty rather than wrong."""

from __future__ import annotations

import re

from refusal_nlp.features import Message
from refusal_nlp.mail.address import name_and_address, takes_no_reply
from refusal_nlp.types import Facts, Mail

_DESK = re.compile(
    r"\b(?:hr|human resources|talent(?: acquisition)?|recruit\w*|career\w*|jobs?|hiring|team|people|no-?reply|do not reply|notifications?|staffing|"
    r"personnel|office|admin\w*|department|via|workday|greenhouse|lever|candidate\w*|applicant\w*|support|info|mail\w*|system|employment)\b",
    re.I,
)
_ROLE = re.compile(
    r"(?:\b(?:for|to|about|regarding|in|of) (?:the|our|a|an) (?:open |current |vacant |advertised )?(?:position|role|post|job) (?:of|as) (?:an? |the )?(?P<a>[A-Z][^\n.,;:!?()]{2,60}?)(?= (?:at|with|in|here|and|position|role)\b|[.,;:!?()\n]|$)"
    r"|\b(?:for|in|to|regarding|about) (?:the|our|a|an) (?P<b>(?:[A-Z][\w/&+#.'-]*|of|and|for|-|–|,|II|III|I)(?: (?:[A-Z][\w/&+#.'-]*|of|and|for|&|-|–|I{1,3}|/))*) (?:position|role|post|job|vacancy|opening|opportunity)\b)"
)
_AT = re.compile(
    r"\b(?:at|with|join(?:ing)?|interest in|considering|to) (?P<c>[A-Z][\w&.'-]*(?: (?:[A-Z][\w&.'-]*|of|and|&)){0,4})(?= ?[.,!;)]|\s+(?:and|for|as|we|role|position)\b|\n)"
)
_CLOSING = re.compile(
    r"(?im)^(?:(?:with )?(?:kind|best|warm|warmest|many|sincere)?[ ]?(?:regards|wishes|thanks)|sincerely(?: yours)?|yours (?:sincerely|faithfully|truly)|cheers|best|thank you|all the best|cordially|respectfully)[ ,.!]*\n+(?P<n>[^\n]{2,50})$"
)
_PERSON = re.compile(r"^(?:(?:Dr|Mr|Mrs|Ms|Prof)\.? )?[A-Z][\w'’.-]+(?: (?:[A-Z][\w'’.-]*|de|van|von|der|da|la|bin|al)){0,3}$")
_NOT_ROLE = re.compile(r"^(?:open|same|above|following|other|new|current|first|next|mentioned|advertised)$", re.I)


def find_facts(message: Message, mail: Mail) -> Facts:
    """Return company, role and contact where the headers or the text name them plainly."""
    text = mail.body[: message.sentences[-1].end] if message.sentences else mail.body
    contact = _contact(mail, text)
    return Facts(company=_company(mail, text, contact), role=_role(mail, text), contact=contact)


def _contact(mail: Mail, text: str) -> str | None:
    name, _ = name_and_address(mail.sender)
    if name and not takes_no_reply(mail.sender) and " " in name and _PERSON.match(name) and not _DESK.search(name):
        return name
    closings = [m["n"].strip(" ,") for m in _CLOSING.finditer(text)]
    for line in closings[-1:]:
        candidate = re.split(r" ?[,|–(] ?| - ", line)[0].strip()
        if _PERSON.match(candidate) and not _DESK.search(candidate):
            return candidate
    return None


def _company(mail: Mail, text: str, contact: str | None) -> str | None:
    named = next((m["c"].strip() for m in _AT.finditer(text) if not _DESK.search(m["c"])), None)
    name, _ = name_and_address(mail.sender)
    if name and name != contact and not re.search(r"@", name):
        rest = re.sub(r"\s+", " ", _DESK.sub(" ", name)).strip(" -,|@&")
        if rest and rest[0].isupper() and not (contact and rest in contact):
            return rest
    return named


def _role(mail: Mail, text: str) -> str | None:
    for place in (text, mail.subject or ""):
        for match in _ROLE.finditer(place):
            role = re.sub(r"\s+", " ", match["a"] or match["b"] or "").strip(" ,-–")
            if role and not _NOT_ROLE.match(role):
                return role
    return None
