"""The measure of benchmarks/speed.py: parse every message of an mbox with the standard library, tolerantly. `python benchmarks/walk.py MAILBOX`."""

from __future__ import annotations

import email
import pathlib
import sys

from refusal_nlp.mail.mbox import raw_messages


def main() -> None:
    """Do what a careful script without this library does before it can look at anything."""
    # The standard library's own way to split, `mailbox.mbox`, takes longer.
    for raw in raw_messages(pathlib.Path(sys.argv[1])):
        message = email.message_from_bytes(raw)
        for name in ("subject", "from", "date", "message-id"):
            str(message.get(name))
        for part in message.walk():
            if part.get_content_maintype() == "text" and not part.is_multipart():
                payload = part.get_payload(decode=True)
                if isinstance(payload, bytes):
                    payload.decode("utf-8", "replace")


if __name__ == "__main__":
    main()
