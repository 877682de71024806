"""What the gate keeps out: `python benchmarks/gate.py LABELLED... [--everyday MAILBOX...]`.

LABELLED are labelled messages (.jsonl or a table with `body` and `label`): prints how many refusals pass, and each that does not; exits with 1 where
one does not. `--everyday` takes mailboxes without refusals of job applications; without it, every second message of the public corpus of
benchmarks/everyday.py is taken, the half that tools/gate.py has not seen. Prints the share of messages that pass, by number and by length of text.
"""

from __future__ import annotations

import argparse
import pathlib
import sys
import tempfile

import everyday

from refusal_nlp.api import read_mailbox
from refusal_nlp.gate import gate, text_of
from refusal_nlp.training.data import read_examples
from refusal_nlp.types import Label, Mail


def recall(path: pathlib.Path) -> bool:
    """Print how many refusals of a file pass, and those that do not; returns whether all do."""
    mails = [e.mail for e in read_examples(path) if e.label is not Label.NOT_REFUSAL]
    missed = [mail for mail in mails if gate().keeps_out(text_of(mail))]
    print(f"{path}: {len(mails) - len(missed)} of {len(mails)} refusals pass")
    for mail in missed:
        print(f"    {mail.id} {mail.subject!r} {mail.body[:80]!r}")
    return not missed


def share(name: str, mails: list[Mail]) -> None:
    """Print the share of messages that pass."""
    passed = [mail for mail in mails if not gate().keeps_out(text_of(mail))]
    length, total = (sum(len(m.body) for m in group) for group in (passed, mails))
    print(f"{name}: {len(passed)} of {len(mails)} messages pass ({len(passed) / len(mails):.2%}), {length / total:.2%} of their text")


def main() -> int:
    """Run over all files."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("labelled", nargs="*", type=pathlib.Path)
    parser.add_argument("--everyday", nargs="*", type=pathlib.Path)
    args = parser.parse_args()
    results = [recall(path) for path in args.labelled]
    if args.everyday is None:
        with tempfile.TemporaryDirectory() as scratch:
            share("public corpus, unseen half", list(everyday.corpus(pathlib.Path(scratch)))[1::2])
    for box in args.everyday or []:
        share(str(box), list(read_mailbox(box)))
    return not all(results)


if __name__ == "__main__":
    sys.exit(main())
