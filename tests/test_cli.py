import contextlib
import csv
import json
import os
import pathlib
import pty
import subprocess
import sys

import pytest

SAMPLE = pathlib.Path(__file__).parent.parent / "examples" / "sample.mbox"
REFUSAL = "Dear Mira,\n\nthank you for applying. We have decided to offer the job to another applicant.\n\nRegards\nAna Ruiz\n"


def cli(*arguments, stdin=None):
    command = [sys.executable, "-m", "refusal_nlp", *map(str, arguments)]
    return subprocess.run(command, capture_output=True, text=True, input=stdin, check=False, env=None)


def test_scan_writes_refusals_and_a_summary(tmp_path):
    out = tmp_path / "refusals.csv"
    done = cli("scan", SAMPLE, "-o", out)
    assert (done.returncode, done.stderr) == (0, "")  # piped: no progress
    assert "12 messages read" in done.stdout and str(out) in done.stdout
    with out.open(newline="") as file:
        assert "not_refusal" not in {row["label"] for row in csv.DictReader(file)}


def test_progress_is_shown_on_a_terminal_only(tmp_path):
    """The error stream is a terminal here; in every other test it is a pipe, and empty."""
    ours, theirs = pty.openpty()
    command = [sys.executable, "-m", "refusal_nlp", "scan", str(SAMPLE), "-o", str(tmp_path / "o.csv")]
    with subprocess.Popen(command, stderr=theirs, stdout=subprocess.PIPE, env={**os.environ, "TERM": "xterm"}) as process:
        os.close(theirs)
        shown = b""
        with contextlib.suppress(OSError):  # Linux reports the end of a terminal as an error
            while chunk := os.read(ours, 4096):
                shown += chunk
        assert process.wait() == 0
    os.close(ours)
    assert b"12 messages" in shown and b"a second" in shown and b"refusals" in shown


def test_scan_all_writes_every_message(tmp_path):
    out = tmp_path / "all.jsonl"
    assert cli("scan", SAMPLE, "-o", out, "--all").returncode == 0
    assert len(out.read_text().splitlines()) == 12


def test_scan_without_out_shows_a_table():
    done = cli("scan", SAMPLE)
    assert done.returncode == 0
    assert "12 messages read" in done.stdout and "other candidate" in done.stdout


def test_classify_explains():
    done = cli("classify", "-", stdin=REFUSAL)
    assert done.returncode == 0
    for expected in ("categorical", "another applicant", "Stated reasons", "Dear Ana Ruiz", "[your name]"):
        assert expected in done.stdout


def test_the_same_words_are_shown_once():
    done = cli("classify", "-", stdin=REFUSAL.replace("Regards", "As I said, we have decided to offer the job to another applicant.\n\nRegards"))
    section = done.stdout.partition("Stated reasons")[2].partition("\n\n")[0]
    assert section.count("other candidate") == 1


def test_classify_json(tmp_path):
    file = tmp_path / "m.txt"
    file.write_text(REFUSAL)
    result = json.loads(cli("classify", file, "--json").stdout)
    assert result["label"] == "categorical"
    assert all(REFUSAL[r["start"] : r["end"]] == r["quote"] for r in result["reasons"])


def test_classify_eml(tmp_path):
    file = tmp_path / "m.eml"
    file.write_text("From: Ana Ruiz <ana@x.example>\nSubject: No\n\n" + REFUSAL)
    assert "categorical" in cli("classify", file).stdout


def test_model_shows_its_card():
    assert "## Figures" in cli("model").stdout


def test_version_and_help():
    assert cli("--version").stdout.startswith("refusal-nlp ")
    for command in ("classify", "scan", "report", "train", "review", "evaluate", "model"):
        assert cli(command, "--help").returncode == 0


def test_train_and_evaluate(tmp_path, few):
    data = tmp_path / "own.csv"
    rows = ["body,label,group"] + ['"{}",{},{}'.format(e.mail.body.replace('"', '""'), e.label, e.group) for e in few]
    data.write_text("\n".join(rows))
    done = cli("train", data, "-o", tmp_path / "model", "--base", "none")
    assert done.returncode == 0, done.stderr
    assert "gate_f1" in done.stdout
    assert "at least as good as before" in done.stdout or "worse than before" in done.stdout
    done = cli("evaluate", data, "--model", tmp_path / "model", "--errors", 3)
    assert done.returncode == 0, done.stderr
    assert f"{len(few)} messages" in done.stdout
    assert json.loads(cli("evaluate", data, "--json").stdout)["messages"] == len(few)


def test_train_says_what_is_set_aside_and_replaces_no_better_model(tmp_path, few):
    data, mapping, model = tmp_path / "own.jsonl", tmp_path / "names.toml", tmp_path / "model"
    rows = [{"id": e.mail.id, "Message": e.mail.body, "label": str(e.label).upper(), "group": e.group} for e in few]
    rows += [{"Message": "x", "label": "maybe"}, {"Message": "", "label": "evasive"}]
    data.write_text("".join(json.dumps(row) + "\n" for row in rows))
    mapping.write_text('[columns]\nMessage = "body"\n')
    options = ["train", data, "-o", model, "--base", "none", "--mapping", mapping]
    done = cli(*options, "--strict")
    assert done.returncode == 1 and "2 faulty rows" in done.stderr and f"own.jsonl row {len(few) + 1}: unknown label 'maybe'" in done.stderr
    assert not model.exists()
    done = cli(*options, "--doubts", tmp_path / "doubts.csv")
    assert done.returncode == 0, done.stderr
    assert "2 rows set aside" in done.stderr and f"row {len(few) + 2}: no body" in done.stderr
    assert (tmp_path / "doubts.csv").read_text().startswith("id,label,doubt,text,weight")
    before = {p.name: p.read_bytes() for p in model.iterdir()}
    # the same messages with half of their labels turned: the model there is better on them only if it is measured on what it was told
    rows = [row | {"label": "not_refusal" if i % 2 else row["label"]} for i, row in enumerate(rows[: len(few)])]
    data.write_text("".join(json.dumps(row) + "\n" for row in rows))
    done = cli(*options)
    assert done.returncode == (1 if "worse than before" in done.stdout else 0)
    assert "shipped test groups" in done.stdout
    assert ({p.name: p.read_bytes() for p in model.iterdir()} == before) is (done.returncode == 1)
    assert cli(*options, "--overwrite", "--against", "none").returncode == 0


@pytest.fixture
def bad(tmp_path):
    (tmp_path / "empty.mbox").write_text("")
    (tmp_path / "dir").mkdir()
    (tmp_path / "dir" / "picture.png").write_bytes(b"\x89PNG\0\0")
    (tmp_path / "thing.bin").write_bytes(b"\0\1\2")
    (tmp_path / "labels.jsonl").write_text('{"body": "x", "label": "maybe"}\n')
    (tmp_path / "empty.txt").write_text(" ")
    return tmp_path


@pytest.mark.parametrize(
    ("arguments", "code", "complaint"),
    [
        (["scan", "{d}/none.mbox"], 1, "no such file"),
        (["scan", "{d}/empty.mbox"], 1, "no message in it"),
        (["scan", "{d}/dir"], 1, "no message in it"),
        (["scan", "{d}/thing.bin"], 1, "of no known kind"),
        (["scan", "{s}", "-o", "{d}/out.doc"], 1, "must end in"),
        (["scan", "{s}", "-o", "{d}/no/out.csv"], 1, "cannot be written"),
        (["scan", "{s}", "--model", "{d}/nomodel"], 1, "no model there"),
        (["scan", "{s}", "--jobs", "0"], 2, "jobs"),
        (["train", "{d}/labels.jsonl", "-o", "{d}/m", "--base", "mine"], 2, "--base"),
        (["train", "{d}/labels.jsonl", "-o", "{d}/m", "--mapping", "{d}/none.toml"], 1, "no such file"),
        (["train", "{d}/labels.jsonl", "-o", "{d}/m", "--against", "{d}/nomodel"], 1, "no model there"),
        (["scan"], 2, "Missing argument"),
        (["scan", "{s}", "--nonsense"], 2, "No such option"),
        (["classify", "{d}/none.txt"], 1, "no such file"),
        (["classify", "{d}/dir"], 1, "cannot be read"),
        (["classify", "{d}/empty.txt"], 1, "no text"),
        (["train", "{d}/none.csv", "-o", "{d}/m"], 1, "no such file"),
        (["train", "{d}/labels.jsonl", "-o", "{d}/m"], 1, "row 1: unknown label 'maybe'"),
        (["review", "{d}/none.jsonl", "-o", "{d}/l.csv"], 1, "no such file"),
        (["review", "{s}", "-o", "{d}/l.csv"], 1, "results must be one of"),
        (["review", "{d}/labels.jsonl", "-o", "{d}/l.doc"], 1, "labels are written to one of"),
        (["evaluate", "{d}/labels.jsonl"], 1, "unknown label 'maybe'"),
        (["model", "{d}/nomodel"], 1, "no model there"),
        (["nonsense"], 2, "No such command"),
    ],
)
def test_what_is_wrong_is_said_without_a_traceback(bad, arguments, code, complaint):
    done = cli(*[a.format(d=bad, s=SAMPLE) for a in arguments])
    assert done.returncode == code, done.stderr
    assert complaint in " ".join(done.stderr.split())
    assert "Traceback" not in done.stderr


def test_a_message_with_a_broken_charset_does_not_end_a_scan(tmp_path):
    box = tmp_path / "b.mbox"
    line = b"From x Mon Mar  4 10:00:00 2024\n"
    broken = b"From: a@x.example\nSubject: b\nContent-Type: text/plain; charset=no-such-thing\n\n\xff\xfe hello\n\n"
    box.write_bytes(line + broken + line + b"From: a@x.example\nSubject: c\n\n" + REFUSAL.encode() + b"\n")
    done = cli("scan", box, "-o", tmp_path / "o.jsonl", "--all")
    assert done.returncode == 0
    rows = [json.loads(x) for x in (tmp_path / "o.jsonl").read_text().splitlines()]
    assert [r["label"] for r in rows] == ["not_refusal", "categorical"]
    assert "no-such-thing" in rows[0]["error"]


@pytest.mark.parametrize(("stopped", "said"), [("resumable.scan_into", "interrupted"), ("report.results.read_results", "is complete")])
def test_ctrl_c_at_any_time_ends_with_a_word(tmp_path, monkeypatch, stopped, said):
    from typer.testing import CliRunner

    from refusal_nlp.cli.app import app

    def press(*_, **__):
        raise KeyboardInterrupt

    monkeypatch.setattr(f"refusal_nlp.{stopped}", press)
    done = CliRunner().invoke(app, ["scan", str(SAMPLE), "-o", str(tmp_path / "o.csv"), "--report", str(tmp_path / "o.html")])
    assert done.exit_code == 130
    assert said in done.stderr
