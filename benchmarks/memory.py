"""How much memory a scan takes: `python benchmarks/memory.py [--megabytes 100 1000] [--everyday MAILBOX]`.

Makes mailboxes of everyday mail (see benchmarks/speed.py) of the given sizes, each with a message in another language (the first of these loads the
detector of languages, which takes some 80 MB, whatever the size), and one of the first size that also holds a message with a line of 200 MB and
one with an attachment of 200 MB, scans each with one process and prints the peak of the resident memory (`VmHWM`; Linux alone).
"""

from __future__ import annotations

import argparse
import pathlib
import subprocess
import sys
import tempfile

import speed

# Not ru_maxrss, which begins with what the parent process held.
MEASURED = """
import atexit, pathlib, sys
from refusal_nlp.cli import main

status = pathlib.Path("/proc/self/status")
atexit.register(lambda: print("peak", *(line.split()[1] for line in status.read_text().splitlines() if line.startswith("VmHWM"))))
sys.argv[0] = "refusal-nlp"
main()
"""
HEADER = b"From nobody@x.example Mon Mar  4 10:00:00 2024\nSubject: large\nMIME-Version: 1.0\n"
GERMAN = HEADER + b"\nGuten Tag, vielen Dank, Ihre Bewerbung ist heute bei uns eingegangen und wird nun von uns gelesen.\n\n"
ATTACHMENT = b"Content-Type: multipart/mixed; boundary=x\n\n--x\n\nsee the file\n--x\nContent-Type: image/png\nContent-Transfer-Encoding: base64\n\n"


def peak(box: pathlib.Path, scratch: str) -> float:
    """Return the peak of a scan in MB (10^6 bytes)."""
    command = [sys.executable, "-c", MEASURED, "scan", str(box), "-o", f"{scratch}/out.csv"]
    shown = subprocess.run(command, check=True, capture_output=True, text=True).stdout  # noqa: S603
    return int(shown.rpartition("peak ")[2]) * 1024 / 1e6


def main() -> None:
    """Make the mailboxes, scan, print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--megabytes", type=int, nargs="+", default=[100, 1000])
    parser.add_argument("--everyday", type=pathlib.Path)
    parser.add_argument("--attachments", type=float, default=0.25)
    args = parser.parse_args()
    raws = speed.texts(args.everyday)
    with tempfile.TemporaryDirectory() as scratch:
        box = pathlib.Path(scratch) / "everyday.mbox"
        peaks = []
        for size in args.megabytes:
            count = speed.make(box, raws, size * 1_000_000, args.attachments)
            with box.open("ab") as file:
                file.write(GERMAN)
            peaks.append(peak(box, scratch))
            print(f"{size:6} MB, {count:7} messages: peak {peaks[-1]:.0f} MB, {peaks[-1] - peaks[0]:+.0f} MB", flush=True)
        speed.make(box, raws, args.megabytes[0] * 1_000_000, args.attachments)
        with box.open("ab") as file:
            file.write(GERMAN)
            file.write(HEADER + b"\n" + b"a" * 200_000_000 + b"\n\n")
            file.write(HEADER + ATTACHMENT + b"QUJD" * 19 + b"\n")
            for _ in range(2600):
                file.write((b"QUJD" * 19 + b"\n") * 1000)
            file.write(b"--x--\n\n")
        large = peak(box, scratch)
        print(f"{args.megabytes[0]:6} MB and two messages of 200 MB: peak {large:.0f} MB, {large - peaks[0]:+.0f} MB")


if __name__ == "__main__":
    main()
