import os
import pathlib
import re
import shutil
import subprocess
import sys

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output

from conftest import ROOT, tool

NAMES = ["01_mailbox", "02_own_labels", "03_errors"]
notebooks = tool("notebooks")


def run_tool(*arguments):
    command = [sys.executable, "tools/notebooks.py", *map(str, arguments)]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)


def stored(name):
    return nbformat.read(ROOT / "notebooks" / f"{name}.ipynb", as_version=4)


def made(*outputs, source="1", **metadata):
    """A notebook of one cell that shows these."""
    picture = new_output("display_data", {"image/png": "iVBORw0KGgo="})
    cell = new_code_cell(source, id="cell", execution_count=1, outputs=[*outputs, picture])
    return new_notebook(cells=[new_markdown_cell("# Title", id="title"), cell], metadata=notebooks.METADATA | metadata)


def said(text, name="stdout"):
    return new_output("stream", name=name, text=text)


def test_these_are_the_notebooks():
    assert [path.stem for path in notebooks.NOTEBOOKS] == NAMES


@pytest.mark.parametrize("name", NAMES)
def test_every_cell_runs_and_shows_what_is_stored(name, tmp_path):
    for part in ("data", "models", "examples"):  # a copy of the notebook, in a place where it would leave behind what it writes
        (tmp_path / part).symlink_to(ROOT / part)
    (tmp_path / "notebooks").mkdir()
    copy = shutil.copy(ROOT / "notebooks" / f"{name}.ipynb", tmp_path / "notebooks")
    before = pathlib.Path(copy).read_bytes()
    done = run_tool("--check", copy)
    assert done.returncode == 0, done.stdout + done.stderr
    assert pathlib.Path(copy).read_bytes() == before
    assert [path.name for path in (tmp_path / "notebooks").iterdir()] == [f"{name}.ipynb"]


@pytest.mark.parametrize("name", NAMES)
def test_a_notebook_finds_its_files_from_the_root_of_the_repository_too(name):
    setup = next(cell.source for cell in stored(name).cells if cell.cell_type == "code")
    done = subprocess.run(
        [sys.executable, "-c", f"{setup}\nprint('root:', ROOT)"],
        cwd=ROOT, env={**os.environ, "MPLBACKEND": "agg"}, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert f"root: {ROOT}\n" in done.stdout, done.stderr


@pytest.mark.parametrize("name", NAMES)
def test_a_notebook_is_short_and_its_links_lead_somewhere(name):
    notebook = stored(name)
    assert len(notebook.cells) <= 15
    texts = "\n".join(cell.source for cell in notebook.cells if cell.cell_type == "markdown")
    for target in re.findall(r"\]\((?!https?:)([^)#]+)\)", texts):
        assert (ROOT / "notebooks" / target).exists(), target


def test_the_tool_stores_what_a_notebook_shows_and_finds_out_when_it_no_longer_does(tmp_path):
    plot = "import matplotlib.pyplot as plt\nplt.plot([1, 2])\nplt.show()\nprint('three', 3)"
    good, fails, warns = (tmp_path / f"{name}.ipynb" for name in ("good", "fails", "warns"))
    nbformat.write(made(said("old"), source=plot), good)
    nbformat.write(made(source="1 / 0"), fails)
    nbformat.write(made(source=f"import warnings\nwarnings.warn('a path of a machine')\n{plot}"), warns)
    done = run_tool(good, fails, warns)
    assert done.returncode == 1
    assert "ZeroDivisionError" in done.stdout and "stderr in the output" in done.stdout
    assert nbformat.read(fails, as_version=4) == made(source="1 / 0")  # left as it was
    assert run_tool("--check", good).returncode == 0
    good.write_text(good.read_text("utf-8").replace("three 3", "three 4"), "utf-8")
    done = run_tool("--check", good)
    assert done.returncode == 1 and "'three 3\\n' instead of stdout 'three 4\\n'" in done.stdout


@pytest.mark.parametrize(
    ("old", "new", "same", "near"),
    [
        ("a  1\n b", "a 1 b", True, True),
        ("share 0.91 of 87%", "share 0.91 of 87%", True, True),
        ("share 0.91 of 87%", "share 0.93 of 86%", False, True),
        ("share 0.91", "share 0.95", False, False),
        ("88.5% right", "88.0% right", False, True),
        ("88.5% right", "91.0% right", False, False),
        ("21 doubted", "24 doubted", False, False),
        ("gain +0.08", "gain -0.08", False, False),
        ("labelled evasive", "labelled categorical", False, False),
        ("one 1", "one 1 two 2", False, False),
        ("1", "1.0", False, False),
    ],
)
def test_what_counts_as_the_same(old, new, same, near):
    assert (not notebooks.differences(made(said(old)), made(said(new)))) is same
    assert (not notebooks.differences(made(said(old)), made(said(new)), near=True)) is near


def test_a_picture_that_is_gone_and_one_more_output_are_differences():
    bare = made()
    bare.cells[1].outputs = []
    assert notebooks.differences(made(), bare) and notebooks.differences(bare, made())
    assert notebooks.differences(made(), made(said("more")))
    assert notebooks.faults(bare) == ["no picture is stored"]


@pytest.mark.parametrize(
    ("notebook", "fault"),
    [
        (made(said("/home/me/inbox.mbox")), "'/home/' in the output"),
        (made(said("<Styler at 0x7f21>")), "'at 0x7f21' in the output"),
        (made(said("loading", name="stderr")), "stderr in the output"),
        (made(new_output("error", ename="ValueError", evalue="no")), "error in the output"),
        (made(widgets={}), "metadata beyond the kernel"),
    ],
)
def test_what_must_not_be_stored(notebook, fault):
    assert any(fault in wrong for wrong in notebooks.faults(notebook))
    assert notebooks.faults(made(said("fine"))) == []
