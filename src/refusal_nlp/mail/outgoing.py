"""Which messages the owner of a mailbox wrote: what somebody sends is never a refusal that they received."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Iterable

from refusal_nlp.lexicon.load import rules
from refusal_nlp.mail.address import name_and_address

_DELIVERED = re.compile(rb"^Delivered-To:[ \t]*([^\s@]{1,100}@[^\s@]{1,200})[ \t]*\r?$", re.M | re.I)
_FEW = 5  # messages: fewer do not tell whose mailbox it is
_MOST = 0.8
_MAILBOX_ENDINGS = re.compile(r"(?i)(?:\.(?:mbox|mbx|mbs|sbd|eml|gz|bz2|xz|zip))+$")
_IMAP_PATH = re.compile(r"[./]|(?:\[(?:gmail|google mail)\])", re.I)


def owners_in(head: bytes) -> frozenset[str]:
    r"""Return the address to which nearly all messages in the first bytes of a mailbox were delivered; none where there is no such address.

    >>> owners_in(b"Delivered-To: ana@brot.example\n" * 6)
    frozenset({'ana@brot.example'})
    """
    found = Counter(match[1].decode("ascii", "replace").lower() for match in _DELIVERED.finditer(head))
    if not found:
        return frozenset()
    address, count = found.most_common(1)[0]
    return frozenset({address}) if count >= _FEW and count >= _MOST * found.total() else frozenset()


def holds_outgoing(folders: Iterable[str]) -> bool:
    """Whether one of these folder or file names is that of sent mail or drafts.

    >>> holds_outgoing(["Mail", "Sent Messages.mbox"]), holds_outgoing(["[Gmail].Drafts"]), holds_outgoing(["Inbox"])
    (True, True, False)
    """
    return any(_codes(part) & {"sent", "draft"} for name in folders for part in _parts(name))


def is_outgoing(*, labels: str | None, sender: str | None, recipients: str | None, owners: frozenset[str] = frozenset()) -> bool:
    """Whether a message's own headers tell that the owner of the mailbox wrote it.

    Parameters
    ----------
    labels : str or None
        ``X-Gmail-Labels``, decoded. What also lies in the inbox was sent to oneself and counts as received.
    sender, recipients : str or None
        ``From`` and ``To``, decoded.
    owners : frozenset of str
        Addresses of the owner, in lower case. A message from one of them to one of them counts as received: people forward mail to themselves.

    """
    codes = {code for label in (labels or "").split(",") for code in _codes(label)}
    if "draft" in codes or ("sent" in codes and "inbox" not in codes):
        return True
    address = name_and_address(sender)[1].lower()
    return address in owners and address not in (recipients or "").lower()


def _parts(name: str) -> list[str]:
    stem = _MAILBOX_ENDINGS.sub("", name)
    return [stem, *(part for part in _IMAP_PATH.split(stem) if part)]


def _codes(name: str) -> set[str]:
    plain = unicodedata.normalize("NFC", name).strip(" \"'")  # file systems of Apple decompose letters
    return {rule.code for rule in rules("folders.toml") if rule.pattern.match(plain)} if plain else set()
