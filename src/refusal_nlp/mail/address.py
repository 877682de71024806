"""The parts of a From header."""

from __future__ import annotations

import email.utils
import re

_NO_REPLY = re.compile(
    r"(?i)\b(?:no|non|not|donot|do[._-]?not|never|kein|ne)[._-]?(?:reply|replies|response|respond|antwort|repondre|reponse)\b|(?<![a-z])noreply|donotreply"
)


def name_and_address(sender: str | None) -> tuple[str, str]:
    """Split a sender into display name and address, either may be empty.

    >>> name_and_address('"Byrne, Aoife" <aoife@byrnesbread.example>')
    ('Byrne, Aoife', 'aoife@byrnesbread.example')
    """
    if sender and "@" not in sender:  # an export that kept the name alone
        return sender.strip(" \"'<>"), ""
    name, address = email.utils.parseaddr(sender or "")
    return name.strip(" \"'"), address.strip() if "@" in address else ""


def takes_no_reply(sender: str | None) -> bool:
    """Whether the sender's name or address says that it takes no mail.

    >>> takes_no_reply("Careers <do-not-reply@x.example>"), takes_no_reply("reply@x.example")
    (True, False)
    """
    return bool(sender and _NO_REPLY.search(sender.replace("_", "-")))
