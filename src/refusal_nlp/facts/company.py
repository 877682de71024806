"""The employer, as the message calls it."""

from __future__ import annotations

import re
from collections import defaultdict

from refusal_nlp.facts.places import Place, is_a, letters, matches, whole, without
from refusal_nlp.facts.role import _looks_like_a_title, _names_a_trade
from refusal_nlp.mail.address import name_and_address
from refusal_nlp.types import Mail

_WEIGHTS = {"company": 1.0, "company_strong": 2.0, "company_subject": 1.5}
_SENDER = 3.0
_SIGNS = 1.5  # stands where a person would sign
_IN_ADDRESS = 1.0
_REPEATED = 0.5
_OF_A_RELAY = 1.5  # a job board is named in much of its mail without being the employer
_WORDS = 4
_AGENCY_MENTIONS = 3
_LEAST = 1.5  # one mention in passing is not enough


def find_company(mail: Mail, text: Place, contact: str | None) -> Place | None:
    """Return the employer's name, where the message tells it plainly.

    Candidates come from the sender, the subject, the text and the signature; the one that is named most, and in the most telling places, is taken.

    Parameters
    ----------
    mail : Mail
    text : Place
        The writer's own words, signature included.
    contact : str or None
        The person who wrote, who is no company.

    """
    found: dict[str, list[tuple[float, Place]]] = defaultdict(list)
    for place, weight in [*_in_sender(mail), *_in_text(mail, text)]:
        name = place.words
        if _is_name(name, f"{mail.subject or ''}\n{text.text}") and not (contact and letters(name) in letters(contact)):
            found[_key(name)].append((weight, place))
    host = letters(name_and_address(mail.sender)[1].rpartition("@")[2])
    scores = {key: sum(w for w, _ in hits) + (_IN_ADDRESS if len(key) > 2 and key in host else 0) + _mentions(key, found) for key, hits in found.items()}
    for key in scores:
        scores[key] += _REPEATED * min(2, len(re.findall(rf"(?<!\w){re.escape(found[key][0][1].words)}(?!\w)", text.text)) - 1)
        scores[key] -= _OF_A_RELAY * is_a("relay", found[key][0][1].words)
    best = max(scores, key=lambda key: scores[key], default=None)
    if best is None or scores[best] < _LEAST:
        return None
    best = max((key for key in scores if _same(best, key, found) and len(found[key][0][1].words.split()) <= _WORDS), key=len, default=best)
    return max(found[best], key=lambda hit: (hit[0], hit[1].field == "body"))[1]


def _in_sender(mail: Mail) -> list[tuple[Place, float]]:
    name, _ = name_and_address(mail.sender)
    if not name or "@" in name or is_a("relay", name):
        return []
    sender = str(mail.sender)
    for place in matches("person_from", whole("sender", name)):
        name = name[place.end :].split(" ", 2)[-1]
    rest = without("desk", name)
    at = sender.find(rest)
    if not rest or at < 0 or not (rest[0].isupper() or rest[0].isdigit()):
        return []
    return [(Place(field="sender", text=sender, start=at, end=at + len(rest)), _SENDER)]


def _in_text(mail: Mail, text: Place) -> list[tuple[Place, float]]:
    out = [(p.trimmed(), w) for code, w in _WEIGHTS.items() for p in matches(code, text if code != "company_subject" else whole("subject", mail.subject))]
    out += [(p.trimmed(), _WEIGHTS["company"]) for p in matches("company", whole("subject", mail.subject))]
    signed = [p.trimmed() for p in matches("closing", text)]
    return out + [(p, _SIGNS) for p in signed if without("desk", p.words) == p.words]


def _is_name(name: str, text: str) -> bool:
    if len(name) < 2 or re.match(r"(?:19|20)\d\d\b", name) or is_a("no_company", name):
        return False
    rest = without("desk", name)
    # "Brot Recruiting" is a desk; an agency that is called so says its name again and again, and not only where it signs.
    if rest != name and (not rest or len(re.findall(rf"(?<!\w){re.escape(name)}(?! (?:team|department))(?!\w)", text, re.I)) < _AGENCY_MENTIONS):
        return False
    return not (_names_a_trade(name) and _looks_like_a_title(name)) and not re.fullmatch(r"[\d\W]+", name)


def _key(name: str) -> str:
    """Return a name without its legal form, so that "Brot" and "Brot, Inc." count as one."""
    return letters(re.sub(r",? (?:Inc|LLC|Ltd|Limited|GmbH|LP|Corp|plc)\b\.?", "", name)) or letters(name)


def _same(a: str, b: str, found: dict[str, list[tuple[float, Place]]]) -> bool:
    """Whether b is a longer form of a: "DPR" and "DPR Construction", "CCG" and "Cannabis Creative Group"."""
    initials = "".join(word[0] for word in found[b][0][1].words.split() if word[0].isupper()).casefold()
    return b.startswith(a) or (len(a) > 1 and initials == a)


def _mentions(key: str, found: dict[str, list[tuple[float, Place]]]) -> float:
    """A longer form of a name speaks for the shorter one too, and the shorter for the longer: "Brot" and "Brot & Butter"."""
    return sum(
        0.5 * len(hits)
        for other, hits in found.items()
        if other != key and (other.startswith(key) or key.startswith(other)) and len(min(other, key, key=len)) > 2
    )
