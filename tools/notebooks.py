"""Run the notebooks and store what they show: `python tools/notebooks.py [--check] [NOTEBOOK ...]`; needs the extra `notebooks`.

Without --check every cell is run anew and its output stored; do so after every retraining of the shipped model. With --check nothing is written: the stored
output is compared with a fresh one, word for word and number for number (of pictures: that there is one), and the exit code is 1 where they differ.
"""

from __future__ import annotations

import argparse
import os
import pathlib
import re
import sys
import tempfile
from itertools import zip_longest
from typing import Any

import nbformat
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError
from traitlets.config import Config

ROOT = pathlib.Path(__file__).resolve().parent.parent
NOTEBOOKS = sorted((ROOT / "notebooks").glob("*.ipynb"))
METADATA = {"kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"}, "language_info": {"name": "python"}}
TRAINED = {"02_own_labels"}  # these train, and another machine's arithmetic may turn a few messages: numbers need only be near (`_near`)
SECONDS = 300  # for one cell

_NUMBER = re.compile(r"(\d+(?:\.\d+)?)")
_PICTURE = "image/png"
# What shows a machine, a run or a warning instead of a result.
_NOISE = re.compile(r"/(?:tmp|home|root|usr|work|Users|private|var)/|[A-Z]:\\|site-packages|\bat 0x[0-9a-f]+|Warning\b|Traceback")


def run(path: pathlib.Path) -> Any:
    """Return the notebook with the output of a fresh run in its own folder; the file stays as it is.

    Raises
    ------
    CellExecutionError
        Where a cell fails.

    """
    import matplotlib.font_manager  # noqa: F401 - lists the fonts once, which on a new machine would be told within a cell

    notebook = nbformat.read(path, as_version=4)
    with tempfile.TemporaryDirectory() as settings:  # nobody's own settings or history
        # a socket in a folder that is ours alone, instead of a port that everybody on the machine can reach
        config = Config({} if os.name == "nt" else {"KernelManager": {"transport": "ipc", "ip": f"{settings}/kernel"}})
        client = NotebookClient(
            notebook, config=config, timeout=SECONDS, startup_timeout=SECONDS, kernel_name="python3", record_timing=False, coalesce_streams=True
        )
        client.execute(cwd=str(path.parent), env={**os.environ, "IPYTHONDIR": settings})
    notebook.metadata = nbformat.from_dict(METADATA)
    for cell in notebook.cells:
        cell.metadata = nbformat.from_dict({})
    return notebook


def shown(cell: Any) -> list[tuple[str, str]]:
    """Return what a cell shows, as pairs of a kind and its text; pictures have none."""
    out: list[tuple[str, str]] = []
    for output in cell.get("outputs", []):
        if output.output_type == "stream":
            out.append((output.name, output.text))
        elif output.output_type == "error":
            out.append(("error", f"{output.ename}: {output.evalue}"))
        else:
            out += [(kind, "" if kind == _PICTURE else str(text)) for kind, text in sorted(output.data.items())]
    return out


def faults(notebook: Any) -> list[str]:
    """Say what must not be stored: no output at all, no picture, errors, warnings, paths and addresses of a machine, more metadata than needed."""
    cells = [cell for cell in notebook.cells if cell.cell_type == "code"]
    found = [(cell.id, kind, text) for cell in cells for kind, text in shown(cell)]
    wrong = [f"{cell}: {kind} in the output" for cell, kind, _ in found if kind in {"stderr", "error"}]
    wrong += [f"{cell}: {match.group()!r} in the output" for cell, _, text in found if (match := _NOISE.search(text))]
    if not any(kind == _PICTURE for _, kind, _ in found):
        wrong.append("no picture is stored")
    if [cell.execution_count for cell in cells] != list(range(1, len(cells) + 1)):
        wrong.append("the cells were not run once each, in order")
    if notebook.metadata != METADATA or any(cell.metadata for cell in notebook.cells):
        wrong.append("metadata beyond the kernel")
    return wrong


def differences(stored: Any, fresh: Any, *, near: bool = False) -> list[str]:
    """Say which cells show something else than what is stored; `near` lets numbers differ a little."""
    wrong = []
    for old, new in zip(stored.cells, fresh.cells, strict=True):
        for before, after in zip_longest(shown(old), shown(new), fillvalue=("nothing", "")):
            if before[0] != after[0] or not _same(before[1], after[1], near=near):
                wrong.append(f"{old.id}: shows {after[0]} {after[1]!r} instead of {before[0]} {before[1]!r}")
    return wrong


def _same(old: str, new: str, *, near: bool) -> bool:
    """Compare words and numbers; white space is layout, and follows the widths of numbers."""
    parts = [_NUMBER.split(" ".join(text.split())) for text in (old, new)]
    if len(parts[0]) != len(parts[1]):
        return False
    words = all(a.split() == b.split() for a, b in zip(parts[0][::2], parts[1][::2], strict=True))
    return words and all(a == b or (near and _near(a, b)) for a, b in zip(parts[0][1::2], parts[1][1::2], strict=True))


def _near(old: str, new: str) -> bool:
    """Whether two shares of 1 differ by at most 0.03, or two counts or shares in per cent by at most 2."""
    share = "." in old and max(float(old), float(new)) <= 1
    return ("." in old) == ("." in new) and abs(float(old) - float(new)) <= (0.03 if share else 2)


def check(path: pathlib.Path) -> list[str]:
    """Say what is wrong with the stored notebook."""
    stored = nbformat.read(path, as_version=4)
    return faults(stored) + differences(stored, run(path), near=path.stem in TRAINED)


def store(path: pathlib.Path) -> list[str]:
    """Run the notebook and store it; say what is wrong with what it shows."""
    fresh = run(path)
    nbformat.write(fresh, path)
    return faults(fresh)


def main() -> int:
    """Store the notebooks, or with --check compare them; 1 where something is wrong."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--check", action="store_true", help="compare and write nothing")
    parser.add_argument("notebooks", nargs="*", type=pathlib.Path, default=NOTEBOOKS)
    given = parser.parse_args()
    code = 0
    for path in given.notebooks:
        try:
            wrong = (check if given.check else store)(path.resolve())
        except CellExecutionError as fault:
            wrong = [str(fault)]
        print(f"{path.name}:", *(wrong or ["as it should be"]), sep="\n  ")
        code |= bool(wrong)
    return code


if __name__ == "__main__":
    sys.exit(main())
