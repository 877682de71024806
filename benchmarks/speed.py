"""How fast a scan is: `python benchmarks/speed.py [--megabytes 1000] [--everyday MAILBOX] [--attachments 0.15] [--jobs 1 2]`.

Makes an mbox of everyday mail and runs in turn, each in a process of its own: the standard library's tolerant walk, which only parses the file (split
at From_ lines, `email.message_from_bytes`, headers, every text part decoded), and the whole scan with one process and with two. Prints
ratios; the seconds are those of the machine.

The mail is the public corpus of benchmarks/everyday.py, or that of `--everyday`, repeated with new Message-IDs. Mailboxes of today hold attachments,
which that corpus lacks: a share of the messages, `--attachments`, gets one of 20 to 400 kB. With `--attachments 0` the file is bare text: the hardest
case, as nothing can be passed over.
"""

from __future__ import annotations

import argparse
import base64
import email
import pathlib
import random
import subprocess
import sys
import tempfile
import time

import everyday

from refusal_nlp.mail.mbox import raw_messages

SCAN = "import sys; from refusal_nlp.cli import main; sys.argv = ['refusal-nlp', 'scan', *sys.argv[1:]]; main()"


def texts(box: pathlib.Path | None) -> list[bytes]:
    """Return the raw messages to repeat."""
    if box:
        return list(raw_messages(box))
    with tempfile.TemporaryDirectory() as scratch:
        raw = [everyday.without_from_line(raw) for _, raw in everyday.raw_corpus(pathlib.Path(scratch))]
    # Every second one: those that tools/gate.py has not seen.
    return raw[1::2]


def with_attachment(raw: bytes, dice: random.Random) -> bytes:
    """Return the message inside a multipart/mixed, with a file of random bytes."""
    head, _, body = raw.partition(b"\n\n")
    inner: list[bytes] = []
    outer: list[bytes] = []
    target = outer
    for line in head.split(b"\n"):
        if line[:1] not in {b" ", b"\t"}:  # a folded line goes where the line before it went
            target = inner if line.lower().startswith(b"content-") else outer
        target.append(line)
    data = base64.encodebytes(dice.randbytes(dice.randint(20_000, 400_000)))
    border = b"=-border-%d" % dice.getrandbits(60)
    return b"\n".join(
        [
            *outer,
            b'Content-Type: multipart/mixed; boundary="' + border + b'"',
            b"",
            b"--" + border,
            *inner,
            b"",
            body,
            b"--" + border,
            b"Content-Type: application/pdf; name=file.pdf",
            b"Content-Transfer-Encoding: base64",
            b"Content-Disposition: attachment; filename=file.pdf",
            b"",
            data + b"--" + border + b"--",
            b"",
        ]
    )


def make(path: pathlib.Path, raws: list[bytes], size: int, share: float) -> int:
    """Write the mailbox; returns the number of messages."""
    dice = random.Random(6)
    count = 0
    with path.open("wb") as box:
        while box.tell() < size:
            raw = dice.choice(raws)
            if dice.random() < share:
                raw = with_attachment(raw, dice)
            box.write(b"From nobody@x.example Mon Mar  4 10:00:00 2024\nMessage-ID: <%d@bench.example>\n" % count)
            box.write(raw.replace(b"\nFrom ", b"\n>From ").replace(b"\nMessage-I", b"\nX-Old-Message-I").rstrip(b"\n") + b"\n\n")
            count += 1
    return count


def walk(path: str) -> None:
    """What a careful script without this library does before it can look at anything."""
    for raw in raw_messages(pathlib.Path(path)):  # the standard library's own way to split, `mailbox.mbox`, takes longer
        message = email.message_from_bytes(raw)
        for name in ("subject", "from", "date", "message-id"):
            str(message.get(name))
        for part in message.walk():
            if part.get_content_maintype() == "text" and not part.is_multipart():
                payload = part.get_payload(decode=True)
                if isinstance(payload, bytes):
                    payload.decode("utf-8", "replace")


def seconds(code: str, *arguments: str) -> float:
    """Run a piece of Python in a process of its own."""
    begin = time.perf_counter()
    subprocess.run([sys.executable, "-c", code, *arguments], check=True, stdout=subprocess.DEVNULL, cwd=pathlib.Path(__file__).parent)  # noqa: S603
    return time.perf_counter() - begin


def main() -> None:
    """Make the mailbox, run both, print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--megabytes", type=int, default=1000)
    parser.add_argument("--everyday", type=pathlib.Path)
    parser.add_argument("--attachments", type=float, default=0.15)
    parser.add_argument("--jobs", type=int, nargs="+", default=[1, 2])
    parser.add_argument("--repeat", type=int, default=1, help="take the best of so many runs")
    args = parser.parse_args()
    with tempfile.TemporaryDirectory() as scratch:
        box = pathlib.Path(scratch) / "everyday.mbox"
        count = make(box, texts(args.everyday), args.megabytes * 1_000_000, args.attachments)
        print(f"{count} messages, {box.stat().st_size / 1e6:.0f} MB, {args.attachments:.0%} with an attachment", flush=True)
        runs = {"walk": ("import sys, speed; speed.walk(sys.argv[1])", str(box))}
        runs |= {f"scan, {jobs} processes": (SCAN, str(box), "-o", f"{scratch}/out.csv", "--jobs", str(jobs)) for jobs in args.jobs}
        best = dict.fromkeys(runs, float("inf"))
        for _ in range(args.repeat):
            for name, command in runs.items():
                best[name] = min(best[name], seconds(*command))
        for name, taken in best.items():
            print(f"{name:20}{taken:8.1f} s   {taken / best['walk']:.2f} of the walk")
        if {1, 2} <= set(args.jobs):
            print(f"two processes are {best['scan, 1 processes'] / best['scan, 2 processes']:.2f} times as fast as one")


if __name__ == "__main__":
    main()
