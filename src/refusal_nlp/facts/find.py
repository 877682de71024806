"""All facts of one message."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Sequence

from refusal_nlp.facts.company import find_company
from refusal_nlp.facts.places import Place, is_a, letters, matches, whole, without
from refusal_nlp.facts.role import find_role
from refusal_nlp.features import Message
from refusal_nlp.mail.address import name_and_address, takes_no_reply
from refusal_nlp.mail.zones import zones
from refusal_nlp.types import Fact, Facts, Mail, Signal, SignalCode, Stage

_PERSON = re.compile(r"^(?:(?:Dr|Mr|Mrs|Ms|Prof)\.? )?[A-Z][\w'’.-]+(?: (?:[A-Z][\w'’.-]*|de|van|von|der|da|la|bin|al)){0,3}$")
_SPOKEN = re.compile(
    r"\b(?:interview\w*|conversations?|call(?:ed)?|sp(?:ea|o)k(?:e|en|ing)?|talk\w*|chat\w*|met|meet(?:ing)?|visit\w*|discussion|came|coming)\b", re.I
)
# Interviews in general, not one with the reader: nobody is thanked for a talk that may not have been.
_OF_OTHERS = re.compile(
    r"\b(?:completed|conducted|finished|held|concluded|during) (?:our|all|the|many|several|a number of)? ?(?:\w+ )?interviews?\b|\binterview process\b|"
    r"\binterview(?:ed|ing) (?:a number|many|several|other|some)\b|\bour interviews\b",
    re.I,
)
_TESTED = re.compile(r"\b(?:test\w*|tasks?|assessments?|challenges?|exercises?|assignments?|case stud\w+|coding|code|trial)\b", re.I)
_ORDINAL = re.compile(r"(?<=\d)(?:st|nd|rd|th)\b|\bof\b|[.,]", re.I)
_DATE_FORMS = ("%d %B %Y", "%d %b %Y", "%B %d %Y", "%b %d %Y", "%Y-%m-%d")


def find_facts(message: Message, mail: Mail, signals: Sequence[Signal] = ()) -> Facts:
    """Return company, role, contact, stage and date where headers, signature or text name them plainly.

    Parameters
    ----------
    message : Message
    mail : Mail
        Offsets of the result are into its fields.
    signals : sequence of Signal
        What the refusal was found to say; the stage is read from what shows that there was an interview or a test.

    Returns
    -------
    Facts
        ``text_of_field[f.start:f.end] == f.quote`` for each of `found`.

    """
    text = _own(message, mail)
    contact = _contact(mail, text)
    company = find_company(mail, text, contact.words if contact else None)
    if contact and company and contact.field == "body" and _is_company(contact.words, company.words):
        contact = None
    role = find_role(text, mail.subject, company.words if company else None)
    stage, shown = _stage(signals)
    date, written = _date(mail, text)
    places = {"company": company, "role": role, "contact": contact, "stage": shown, "date": written}
    found = tuple(
        Fact(kind=kind, quote=p.text[p.start : p.end], start=p.start, end=p.end, field=p.field)  # type: ignore[arg-type]
        for kind, p in places.items()
        if p is not None
    )
    names = {kind: p.words if p else None for kind, p in places.items() if kind in {"company", "role", "contact"}}
    return Facts(stage=stage, date=date, found=found, **names)


def _own(message: Message, mail: Mail) -> Place:
    """The writer's own words with the signature, without quoted mail and footer."""
    cuts = [z.start for z in zones(mail.body, mail.subject) if z.kind in {"quoted", "footer"} and mail.body[: z.start].strip()]
    last = message.sentences[-1].end if message.sentences else len(mail.body)
    return Place(field="body", text=mail.body, start=0, end=max(last, min(cuts)) if cuts else len(mail.body))


def _is_person(name: str) -> bool:
    return bool(_PERSON.match(name)) and without("desk", name) == name and not is_a("organisation", name) and not is_a("no_company", name)


def _is_company(name: str, company: str) -> bool:
    """Whether what signs a message is the company, or the name in it."""
    return letters(name) in letters(company) or letters(company) in letters(name)


def _contact(mail: Mail, text: Place) -> Place | None:
    name, address = name_and_address(mail.sender)
    sender = whole("sender", mail.sender)
    for place in matches("person_from", whole("sender", name)):
        at = sender.text.find(place.words)
        if _is_person(place.words) and at >= 0 and not is_a("relay", name[place.end :].split(" ", 2)[-1]):
            return Place(field="sender", text=sender.text, start=at, end=at + len(place.words))
    at = sender.text.find(name)
    name = "" if is_a("relay", re.split(r" @ | via ", name)[-1]) else name
    host = letters(address.rpartition("@")[2].rpartition(".")[0])
    likely = " " in name and at >= 0 and not takes_no_reply(mail.sender) and not is_a("relay", name) and _is_person(name)
    if likely and letters(name) not in host and (_in_address(name, address) or _signs(name, text)):
        return Place(field="sender", text=sender.text, start=at, end=at + len(name))
    for line in list(matches("closing", text))[-1:]:
        raw = line.text[line.start : line.end]
        place = line.cut(0, len(re.split(r" ?[,|–(] ?| - ", raw)[0])).trimmed()
        if _is_person(place.words) and not is_a("organisation", raw) and letters(place.words) not in host:
            # Who signs is hardly named elsewhere in the letter; the company is.
            elsewhere = f"{mail.subject or ''}\n{text.text[: place.start]}\n{text.text[place.end : text.end]}"
            return None if re.search(rf"(?<!\w){re.escape(place.words)}(?!\w)", elsewhere) else place
    return None


def _in_address(name: str, address: str) -> bool:
    """Whether the address is that of the person: ana.ruiz@, ruiz@, aruiz@; teams have addresses of other kinds."""
    local = letters(address.rpartition("@")[0])
    parts = [letters(part) for part in name.split()]
    return any(part in local for part in parts if len(part) > 2) or parts[0][:1] + parts[-1] == local


def _signs(name: str, text: Place) -> bool:
    """Whether the name, or the first of its parts, stands where letters are signed."""
    own = text.text[text.start : text.end]
    forms = "|".join(re.escape(form) for form in (name, name.split(maxsplit=1)[0]))
    return bool(
        re.search(rf"(?mi)(?:^[ \t*–—-]*|(?:regards|wishes|thanks|best|sincerely|cheers|you)[ ,.!]+)(?-i:{forms})\b[^\n.?]{{0,60}}$", own[len(own) // 4 :])
    )


def _stage(signals: Sequence[Signal]) -> tuple[Stage | None, Place | None]:
    best: tuple[Stage | None, Place | None] = (None, None)
    for signal in signals:
        if signal.code is not SignalCode.INTERVIEWED:
            continue
        if _OF_OTHERS.search(signal.quote):
            continue
        stage = Stage.INTERVIEWED if _SPOKEN.search(signal.quote) else Stage.TESTED if _TESTED.search(signal.quote) else None
        if stage and best[0] is not Stage.INTERVIEWED:
            shift = " " * signal.start
            best = (stage, Place(field=signal.field, text=shift + signal.quote, start=signal.start, end=signal.end))
    return best


def _date(mail: Mail, text: Place) -> tuple[dt.date | None, Place | None]:
    if mail.date:
        return mail.date.date(), None
    for place in matches("date", text):
        plain = " ".join(_ORDINAL.sub(" ", place.words).split())
        for form in _DATE_FORMS:
            try:
                return dt.datetime.strptime(plain, form).replace(tzinfo=dt.UTC).date(), place
            except ValueError:
                continue
    return None, None
