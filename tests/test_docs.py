import pathlib
import re
import subprocess
import sys

from docs_blocks import blocks

ROOT = pathlib.Path(__file__).parent.parent


def test_figures_and_sample_output_are_those_of_the_shipped_model():
    done = subprocess.run([sys.executable, "tools/refresh.py", "--check"], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


def test_ci_runs_the_second_command_of_the_readme_and_no_other():
    install, test = blocks("README.md", "sh")[:2]
    assert "refusal-nlp scan examples/sample.mbox" in install
    assert "python tools/check.py" in test
    script = (ROOT / ".ci/run").read_text()
    assert "README.md" in script and "block==2" in script
    assert not any(word in script for word in ("pip install", "pytest", "apt"))


def test_links_between_pages_lead_somewhere():
    for page in [*ROOT.glob("*.md"), *ROOT.glob("docs/*.md"), *ROOT.glob("data/*.md")]:
        for target in re.findall(r"\]\((?!https?:)([^)#]+)\)", page.read_text("utf-8")):
            assert (page.parent / target).exists(), f"{page.name}: {target}"


def test_the_shipped_model_was_trained_on_the_shipped_data():
    import hashlib
    import json

    config = json.loads((ROOT / "models/default/config.json").read_text())
    assert config["trained_on"]["sha256"] == [
        hashlib.sha256((ROOT / "data" / name).read_bytes()).hexdigest() for name in ("messages.jsonl", "sentences.jsonl", "reasons.jsonl")
    ]


def test_the_shipped_model_is_small():
    assert sum(p.stat().st_size for p in (ROOT / "models/default").iterdir()) < 15_000_000


def test_no_file_is_too_long():
    files = [*ROOT.glob("src/**/*.py"), *ROOT.glob("tests/*.py"), *ROOT.glob("tools/*.py")]
    assert [str(f) for f in files if len(f.read_text("utf-8").splitlines()) > 300] == []
