"""Every code block of the pages runs: Python as it stands, command lines with small files of the names that they use, TOML where it is read."""

import itertools
import json
import pathlib
import re
import shlex
import tomllib

import pandas as pd
import pytest
from typer.testing import CliRunner

from conftest import ROOT
from docs_blocks import PAGES, blocks
from refusal_nlp.cli.app import app
from refusal_nlp.review.labels import LabelFile
from refusal_nlp.training import retrain

EXTRAS = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]["optional-dependencies"]
SHOWN = {"text": "output", "{toctree}": "the site", "{eval-rst}": "the site"}  # blocks that hold no code
PYTHON = [page for page in PAGES if blocks(page, "python")]
SHELL = [page for page in PAGES if blocks(page, "sh")]


@pytest.fixture
def desk(tmp_path, monkeypatch, few):
    """A folder with the files that the pages speak of, as the working directory; retraining adds to a few shipped messages."""
    sample = ROOT / "examples" / "sample.mbox"
    (tmp_path / "examples").symlink_to(ROOT / "examples")
    (tmp_path / "archive" / "parts").mkdir(parents=True)
    for name in ("takeout.mbox", "inbox.mbox", "archive/2019.mbox"):
        (tmp_path / name).write_bytes(sample.read_bytes())
    (tmp_path / "letter.txt").write_text("Thank you for applying. The post has been filled.\n")
    pd.DataFrame({"body": ["The post has been filled.", "See you on Monday."]}).to_parquet(tmp_path / "archive" / "parts" / "0.parquet")
    begun = LabelFile(tmp_path / "labels.csv")
    for example in few[:60]:
        begun.add(example.mail, str(example.label))
    kept = retrain.read_examples
    monkeypatch.setattr(retrain, "read_examples", lambda path: few[60:] if path.name == "messages.jsonl" else kept(path))
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.mark.filterwarnings("ignore::ResourceWarning", "ignore::pytest.PytestUnraisableExceptionWarning")  # of Dask, when it ends
@pytest.mark.parametrize("page", PYTHON)
def test_the_python_of_a_page_runs(page, desk):
    names = {"__name__": "page"}
    for number, block in enumerate(blocks(page, "python")):
        exec(compile(block, f"{page}, block {number}", "exec", dont_inherit=True), names)  # noqa: S102 - our own pages


@pytest.mark.parametrize("page", SHELL)
def test_the_commands_of_a_page_run(page, desk):
    for line in itertools.chain.from_iterable(block.splitlines() for block in blocks(page, "sh")):
        for command in line.partition("  #")[0].split(" && "):
            run(shlex.split(command))


def run(words):
    """Run a command of ours; of the others check that they could: tests install nothing and do not test themselves."""
    if words[0] == "refusal-nlp":
        done = CliRunner().invoke(app, words[1:], input="q\n")
        assert done.exit_code == 0, f"{shlex.join(words)}: {done.output} {done.exception!r}"
    elif words[0] == "pip":
        assert words[1] == "install"
        extras = re.findall(r"\[(.*)\]", words[-1])
        assert all(name in EXTRAS for group in extras for name in group.split(","))
    elif words[0] == "python":
        assert (ROOT / words[1]).is_file()
    else:
        assert words in (["python3", "-m", "venv", ".venv"], [".", ".venv/bin/activate"])


def test_the_template_of_the_page_on_follow_ups_is_read(tmp_path):
    from refusal_nlp.followup import read_templates

    (template,) = blocks("docs/follow-up.md", "toml")
    (tmp_path / "my.toml").write_text(template, "utf-8")
    assert len(read_templates(tmp_path / "my.toml").table["question"]["categorical"]) == 2


def test_the_mapping_of_the_page_on_retraining_is_read(tmp_path):
    from refusal_nlp.training.mapping import read_mapping

    (mapping,) = blocks("docs/retraining.md", "toml")
    (tmp_path / "map.toml").write_text(mapping, "utf-8")
    assert "rejected" in json.dumps(read_mapping(tmp_path / "map.toml"), default=repr).lower()


def test_no_block_goes_untested():
    """Blocks are run by the tests above or hold no code; inline commands name commands that exist."""
    tested = {"docs/follow-up.md": "toml", "docs/retraining.md": "toml"}
    for page in PAGES:
        for kind, _ in blocks(page):
            assert kind in {"python", "sh", *SHOWN} or tested.get(page) == kind, f"{page}: {kind}"
        for command in re.findall(r"`refusal-nlp ([a-z]+)", (ROOT / page).read_text("utf-8")):
            assert command in {c.name for c in app.registered_commands}, f"{page}: {command}"
        for program in re.findall(r"`python ((?:tools|benchmarks)/\w+\.py)", (ROOT / page).read_text("utf-8")):
            assert (ROOT / program).is_file(), f"{page}: {program}"


def test_a_block_that_fails_is_found(desk):
    with pytest.raises(AssertionError, match="no such file"):
        run(["refusal-nlp", "scan", "missing.mbox"])
    assert pathlib.Path.cwd() == desk
