"""How fast a scan is: `python benchmarks/speed.py [--megabytes 1000] [--everyday MAILBOX] [--attachments 0.25] [--jobs 1 2]`.

Makes an mbox of everyday mail and runs in turn, each in a process of its own: the standard library's tolerant walk (benchmarks/walk.py), which only
parses the file (split at From_ lines, `email.message_from_bytes`, four headers, every text part decoded), and the whole scan with one process and
with two. Prints ratios; the seconds are those of the machine.

The mail is the public corpus of benchmarks/everyday.py, or that of `--everyday`, repeated with new Message-IDs. Mailboxes of today hold attachments,
which that corpus lacks: a share of the messages, `--attachments`, gets one of 20 to 400 kB. With `--attachments 0` the file is bare text: the hardest
case, as nothing can be passed over.
"""

from __future__ import annotations

import argparse
import base64
import dataclasses
import os
import pathlib
import random
import resource
import subprocess
import sys
import tempfile
import time

import everyday

from refusal_nlp.mail.mbox import raw_messages


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
        box.flush()
        os.fsync(box.fileno())  # else the system writes it out while the clock runs
    return count


@dataclasses.dataclass(frozen=True)
class Taken:
    """What a run took, in seconds: by the clock, and of all processors, which other work on the machine disturbs less."""

    clock: float
    processor: float


def taken(command: list[str]) -> Taken:
    """Run a command."""
    before, begin = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)  # noqa: S603
    after, clock = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter() - begin
    return Taken(clock, after.ru_utime - before.ru_utime + after.ru_stime - before.ru_stime)


def main() -> None:
    """Make the mailbox, run both, print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--megabytes", type=int, default=1000)
    parser.add_argument("--everyday", type=pathlib.Path)
    parser.add_argument("--attachments", type=float, default=0.25)
    parser.add_argument("--jobs", type=int, nargs="+", default=[1, 2])
    parser.add_argument("--repeat", type=int, default=1, help="take the best of so many runs")
    args = parser.parse_args()
    with tempfile.TemporaryDirectory() as scratch:
        box = pathlib.Path(scratch) / "everyday.mbox"
        count = make(box, texts(args.everyday), args.megabytes * 1_000_000, args.attachments)
        print(f"{count} messages, {box.stat().st_size / 1e6:.0f} MB, {args.attachments:.0%} with an attachment", flush=True)
        scan = [sys.executable, "-m", "refusal_nlp", "scan", str(box), "-o", f"{scratch}/out.csv", "--jobs"]
        runs = {"walk": [sys.executable, str(pathlib.Path(__file__).parent / "walk.py"), str(box)]}
        runs |= {f"scan, {jobs} at once": [*scan, str(jobs)] for jobs in args.jobs}
        found: dict[str, list[Taken]] = {name: [] for name in runs}
        for _ in range(args.repeat):
            for name, command in runs.items():
                found[name].append(taken(command))
        best = {name: Taken(min(t.clock for t in some), min(t.processor for t in some)) for name, some in found.items()}
        walk = best["walk"]
        for name, t in best.items():
            ratios = f"{t.clock / walk.clock:5.2f} of the walk's time, {t.processor / walk.processor:5.2f} of its processor time"
            print(f"{name:20}{t.clock:8.1f} s {t.processor:8.1f} s of processors   {ratios}")
        if {1, 2} <= set(args.jobs):
            print(f"two processes are {best['scan, 1 at once'].clock / best['scan, 2 at once'].clock:.2f} times as fast as one")


if __name__ == "__main__":
    main()
