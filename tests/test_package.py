"""What a release holds: the wheel and the source archive, built once from this checkout."""

import email
import os
import subprocess
import sys
import tarfile
import tomllib
import venv
import zipfile

import pytest

import refusal_nlp
from conftest import ROOT

MOST = 25_000_000  # bytes of a wheel
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]


def build(source, out):
    command = [sys.executable, "-m", "build", "--no-isolation", "--outdir", str(out), str(source)]
    subprocess.run(command, check=True, capture_output=True, text=True)
    return out


@pytest.fixture(scope="module")
def built(tmp_path_factory):
    """Without further words `build` makes the source archive, and the wheel out of that: so the one that is published builds the other."""
    return build(ROOT, tmp_path_factory.mktemp("dist"))


@pytest.fixture(scope="module")
def wheel(built):
    (path,) = built.glob("*.whl")
    return path


def test_the_wheel_is_small_and_holds_what_runs(wheel):
    assert wheel.stat().st_size < MOST
    names = set(zipfile.ZipFile(wheel).namelist())
    needed = [
        "py.typed",
        "models/default/weights.npz",
        "models/default/config.json",
        "lexicon/reasons.toml",
        "report/wording.toml",
        "data/messages.jsonl",
        "data/sentences.jsonl",
        "data/reasons.jsonl",
    ]
    assert [name for name in needed if f"refusal_nlp/{name}" not in names] == []
    modules = {str(p.relative_to(ROOT / "src")) for p in (ROOT / "src").rglob("*.py")}
    assert modules <= names
    assert [n for n in names if "__pycache__" in n or n.startswith(("tests/", "docs/", "tools/")) or n.endswith((".pyc", ".mbox"))] == []


def test_the_metadata_says_what_is_needed(wheel):
    with zipfile.ZipFile(wheel) as archive:
        (name,) = [n for n in archive.namelist() if n.endswith("METADATA")]
        metadata = email.message_from_bytes(archive.read(name))
    assert metadata["Name"] == "refusal-nlp"
    assert metadata["Version"] == refusal_nlp.__version__ == PROJECT["version"]
    assert set(metadata["Requires-Python"].split(",")) == set(PROJECT["requires-python"].split(","))
    core = [line for line in metadata.get_all("Requires-Dist") if "extra ==" not in line]
    assert len(core) == len(PROJECT["dependencies"])


def test_the_source_archive_holds_what_the_tests_need(built):
    (path,) = built.glob("*.tar.gz")
    with tarfile.open(path) as archive:
        names = {name.partition("/")[2] for name in archive.getnames()}
    for needed in (
        "pyproject.toml",
        "data/messages.jsonl",
        "models/default/weights.npz",
        "tests/test_package.py",
        "examples/sample.mbox",
        "notebooks",
        "LICENSE",
    ):
        assert any(n == needed or n.startswith(f"{needed}/") for n in names), needed


def test_the_installed_wheel_scans_from_another_folder(wheel, tmp_path):
    """The dependencies are those of this environment; tools/release.py installs them anew."""
    venv.create(tmp_path / "env", system_site_packages=False, with_pip=False)
    (site,) = (tmp_path / "env").rglob("site-packages")
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(site)  # noqa: S202 - our own
    dependencies = os.pathsep.join(p for p in sys.path if p.endswith("site-packages"))
    code = "import refusal_nlp, sys; from refusal_nlp.cli import main; print(refusal_nlp.__file__); sys.argv[0] = 'refusal-nlp'; main()"
    done = subprocess.run(
        [str(next((tmp_path / "env" / ("Scripts" if os.name == "nt" else "bin")).glob("python*"))), "-c", code, "scan", str(ROOT / "examples" / "sample.mbox")],
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": os.pathsep.join([str(site), dependencies])},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert str(site) in done.stdout.splitlines()[0]
    assert "12 messages read" in done.stdout
