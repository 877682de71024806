"""That a scan holds no more of a mailbox than it is looking at; benchmarks/memory.py measures it on large ones."""

import pathlib
import subprocess
import sys

import pytest

MEASURED = """
import pathlib, sys
from refusal_nlp.api import load
from refusal_nlp.cascade import Options
from refusal_nlp.scanning import scan_parts
reader = load()
for path in sys.argv[1:]:
    read = sum(part.read for part in scan_parts([path], reader, options=Options(everything=False)))
    # Not ru_maxrss, which begins with what the parent process held.
    print(read, *(line.split()[1] for line in pathlib.Path("/proc/self/status").read_text().splitlines() if line.startswith("VmHWM")))
"""
LINE = b"From a@x.example Mon Mar  4 10:00:00 2024\n"
PATCH = b"Subject: [PATCH] fix the build\n\n" + b"The list of files in the kernel tree is the same as in the last release.\n" * 60 + b"\n"


@pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")
def test_memory_does_not_grow_with_the_mailbox_nor_with_a_huge_line(tmp_path):
    sizes = {"small": 2_000, "large": 30_000}  # 10 and 140 MB
    paths = []
    for name, count in sizes.items():
        paths.append(tmp_path / f"{name}.mbox")
        with pathlib.Path(paths[-1]).open("wb") as box:
            for i in range(count):
                box.write(LINE + b"Message-ID: <%d@x.example>\n" % i + PATCH)
    paths.append(tmp_path / "line.mbox")
    paths[-1].write_bytes(LINE + b"Subject: x\n\n" + b"a" * 200_000_000 + b"\n\n" + LINE + PATCH)
    done = subprocess.run([sys.executable, "-c", MEASURED, *map(str, paths)], capture_output=True, text=True, check=True)
    reads, peaks = zip(*(map(int, line.split()) for line in done.stdout.splitlines()), strict=True)
    assert reads == (2_000, 30_000, 2)
    small, large, line = (peak * 1024 / 1e6 for peak in peaks)
    assert large - small < 50
    assert line < 700
