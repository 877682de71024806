"""To whom an answer would go, and in what tone they write themselves."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from refusal_nlp.lexicon.load import rules
from refusal_nlp.mail.address import name_and_address, takes_no_reply
from refusal_nlp.types import Mail

Register = Literal["casual", "formal"]
_ADDRESS = re.compile(r"[\w.+-]{1,64}@[\w-]+(?:\.[\w-]+)+")
_FREE = re.compile(r"@(?:gmail|googlemail|yahoo|hotmail|outlook|icloud|gmx|aol|proton)\.", re.I)
_SIGNATURE_LINES = 6
_CASUAL_GREETING = re.compile(r"\A\W*(?:hi|hey|hello|hiya|howdy|morning)\b", re.I)
_FORMAL_GREETING = re.compile(r"\A\W*dear\b", re.I)
_CASUAL_CLOSING = re.compile(r"^(?:cheers|take care|best|thanks|ta|all best|xx?)[ ,.!]*$", re.I | re.M)
_CHATTY = re.compile(r"!|\b\w+(?:n['’]t|['’](?:re|ve|ll|m|d))\b|[:;]-?\)|[\U0001f600-\U0001f64f]")


@dataclass(frozen=True, kw_only=True, slots=True)
class Recipient:
    """Whom an answer would reach.

    Attributes
    ----------
    send_to : str or None
        ``Name <address>``, an address, or a name alone; None where there is nobody.
    closed : {"no_address", "system"} or None
        Why the address that the message came from takes no answer.

    """

    send_to: str | None
    closed: Literal["no_address", "system"] | None


def find_recipient(mail: Mail, text: str, contact: str | None, *, says_no_reply: bool) -> Recipient:
    """Find out whom an answer would reach.

    Parameters
    ----------
    mail : Mail
    text : str
        Its body without quoted mail: with signature and footer.
    contact : str or None
        The person who wrote, where known.
    says_no_reply : bool
        Whether the message says that answers are not read.

    """
    name, address = name_and_address(mail.sender)
    closed: Literal["no_address", "system"] | None = None
    if takes_no_reply(mail.sender):
        closed = "no_address"
    elif says_no_reply or matches("system_sender", address) or matches("system_text", text):
        closed = "system"
    if address and not closed:
        return Recipient(send_to=f"{name} <{address}>" if name else address, closed=None)
    if contact and (own := _in_signature(text, contact)):
        return Recipient(send_to=f"{contact} <{own}>", closed=closed)
    offered = next(_offered(text, address), None)
    return Recipient(send_to=contact or offered, closed=closed)


def register_of(text: str) -> Register:
    """Return how a message itself is written.

    >>> register_of("Hey Mira, we went another way!"), register_of("Dear Ms Sol, we have to tell you ...")
    ('casual', 'formal')
    """
    if _FORMAL_GREETING.match(text):
        return "formal"
    if _CASUAL_GREETING.match(text) or _CASUAL_CLOSING.search(text):
        return "casual"
    return "casual" if len(_CHATTY.findall(text)) > len(text.split()) / 25 + 1 else "formal"


def matches(code: str, text: str) -> bool:
    """Whether a rule of ``lexicon/channels.toml`` matches."""
    return bool(text) and any(rule.pattern.search(text) for rule in rules("channels.toml") if rule.code == code)


def _in_signature(text: str, contact: str) -> str | None:
    """The address that stands under the name of the person who signs."""
    at = text.rfind(contact)
    if at < 0:
        return None
    lines = [line for line in text[at:].split("\n") if line.strip()][:_SIGNATURE_LINES]
    found = (m.group() for line in lines for m in _ADDRESS.finditer(line) if not matches("not_for_this", line))
    return next((a for a in found if _usable(a)), None)


def _offered(text: str, own: str) -> Iterator[str]:
    """Addresses that the message names for questions; not those for other matters."""
    for line in text.split("\n"):
        if matches("not_for_this", line):
            continue
        for rule in rules("channels.toml"):
            if rule.code == "other_address":
                yield from (m["span"] for m in rule.pattern.finditer(line) if _usable(m["span"]) and m["span"] != own)


def _usable(address: str) -> bool:
    return not takes_no_reply(address) and not _FREE.search(address) and not matches("system_sender", address)
