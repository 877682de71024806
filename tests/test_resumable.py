import json
import multiprocessing
import os
import pathlib
import resource
import signal
import subprocess
import sys
import time

import pytest

from refusal_nlp import resumable, scanning
from refusal_nlp.cascade import Options
from refusal_nlp.errors import OutputError, ResumeError
from refusal_nlp.report.tables import TableWriter, companion
from refusal_nlp.resumable import scan_into

SAMPLE = pathlib.Path(__file__).parent.parent / "examples" / "sample.mbox"
ENDINGS = [".csv", ".jsonl", ".parquet", ".xlsx"]
EVERY = Options(everything=True)


@pytest.fixture
def small_steps(monkeypatch):
    """A note of how far it is after every third message."""
    monkeypatch.setattr(scanning, "_MOST", 3)
    monkeypatch.setattr(resumable, "_EVERY", 0.0)


def beside(out):
    return sorted(p.name for p in out.parent.iterdir())


def stopped(fault, row):
    """A `TableWriter.write` that does something at the given row, in the middle of a batch."""
    written = []
    write = TableWriter.write

    def stopping(self, values):
        if len(written) == row:
            fault()
        written.append(values["id"])
        write(self, values)

    return stopping


def killed_at(row, out, reader):
    """Scan in a process that is killed with SIGKILL before it writes the given row."""

    def run():
        TableWriter.write = stopped(lambda: os.kill(os.getpid(), signal.SIGKILL), row)
        scan_into(out, [SAMPLE], reader, options=EVERY)

    process = multiprocessing.get_context("fork").Process(target=run)
    process.start()
    process.join(120)
    return process.exitcode


@pytest.mark.parametrize("ending", ENDINGS)
def test_two_runs_are_the_same_byte_for_byte(reader, tmp_path, ending, monkeypatch):
    first, second = tmp_path / f"a{ending}", tmp_path / f"b{ending}"
    scan_into(first, [SAMPLE], reader, options=EVERY)
    monkeypatch.setattr(scanning, "_MOST", 5)
    time.sleep(1.1 if ending == ".xlsx" else 0)  # it could hold the time of its making, in seconds
    scan_into(second, [SAMPLE], reader, options=EVERY)
    assert first.read_bytes() == second.read_bytes()
    assert beside(first) == [f"a{ending}", f"b{ending}"]


@pytest.mark.parametrize("row", [0, 4, 11])
@pytest.mark.parametrize("ending", ENDINGS)
def test_a_killed_scan_goes_on_to_the_same_table(reader, tmp_path, ending, row, small_steps):
    whole, out = tmp_path / f"whole{ending}", tmp_path / f"out{ending}"
    expected = scan_into(whole, [SAMPLE], reader, options=EVERY)
    assert killed_at(row, out, reader) == -signal.SIGKILL
    begun = json.loads(companion(out, "resume").read_text())
    assert begun["read"] == row // 3 * 3
    summary = scan_into(out, [SAMPLE], reader, options=EVERY, resume=True)
    assert out.read_bytes() == whole.read_bytes()
    assert summary == expected
    assert beside(out) == sorted([whole.name, out.name])


def test_a_scan_killed_twice_goes_on(reader, tmp_path, small_steps):
    whole, out = tmp_path / "whole.csv", tmp_path / "out.csv"
    scan_into(whole, [SAMPLE], reader, options=EVERY)
    killed_at(4, out, reader)

    def run():
        TableWriter.write = stopped(lambda: os.kill(os.getpid(), signal.SIGKILL), 5)
        scan_into(out, [SAMPLE], reader, options=EVERY, resume=True)

    process = multiprocessing.get_context("fork").Process(target=run)
    process.start()
    process.join(120)
    assert json.loads(companion(out, "resume").read_text())["read"] == 6
    scan_into(out, [SAMPLE], reader, options=EVERY, resume=True)
    assert out.read_bytes() == whole.read_bytes()


@pytest.mark.parametrize("ending", ENDINGS)
def test_after_ctrl_c_the_table_is_complete_and_the_scan_goes_on(reader, tmp_path, ending, small_steps, monkeypatch):
    import pandas as pd

    whole, out = tmp_path / f"whole{ending}", tmp_path / f"out{ending}"
    scan_into(whole, [SAMPLE], reader, options=EVERY)

    def press():
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(TableWriter, "write", stopped(press, 7))
        with pytest.raises(KeyboardInterrupt, match=r"after 6 messages.*--resume"):
            scan_into(out, [SAMPLE], reader, options=EVERY)
    read = {".csv": pd.read_csv, ".jsonl": lambda p: pd.read_json(p, lines=True), ".parquet": pd.read_parquet, ".xlsx": pd.read_excel}[ending]
    assert len(read(out)) == 7
    scan_into(out, [SAMPLE], reader, options=EVERY, resume=True)
    assert out.read_bytes() == whole.read_bytes()


def test_only_the_same_scan_goes_on(reader, tmp_path, small_steps):
    box, out = tmp_path / "box.mbox", tmp_path / "out.csv"
    box.write_bytes(SAMPLE.read_bytes())
    killed = stopped(lambda: (_ for _ in ()).throw(OutputError("stop")), 7)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(TableWriter, "write", killed)
        with pytest.raises(OutputError, match="--resume"):
            scan_into(out, [box], reader, options=EVERY)
    before = out.read_bytes()
    with pytest.raises(ResumeError, match="options"):
        scan_into(out, [box], reader, resume=True, options=Options(everything=False))
    with pytest.raises(ResumeError, match="mailboxes"):
        scan_into(out, [SAMPLE], reader, resume=True, options=EVERY)
    box.write_bytes(SAMPLE.read_bytes() * 2)
    with pytest.raises(ResumeError, match="mailboxes"):
        scan_into(out, [box], reader, resume=True, options=EVERY)
    assert out.read_bytes() == before
    os.truncate(out, 10)
    box.write_bytes(SAMPLE.read_bytes())
    note = json.loads(companion(out, "resume").read_text())
    note["job"] = resumable._job(out, [box], reader, EVERY)
    companion(out, "resume").write_text(json.dumps(note))
    with pytest.raises(ResumeError, match="shorter"):
        scan_into(out, [box], reader, resume=True, options=EVERY)
    companion(out, "resume").write_text("{")
    with pytest.raises(ResumeError, match="without --resume"):
        scan_into(out, [box], reader, resume=True, options=EVERY)
    scan_into(out, [box], reader, options=EVERY)
    assert len(out.read_text().splitlines()) > 12


def test_resume_without_an_interrupted_scan_begins_anew(reader, tmp_path):
    out = tmp_path / "out.jsonl"
    out.write_text("old\n")
    scan_into(out, [SAMPLE], reader, resume=True, options=EVERY)
    assert len(out.read_text().splitlines()) == 12


def test_the_table_may_lie_in_the_folder_that_is_scanned(reader, tmp_path, small_steps):
    (tmp_path / "box.mbox").write_bytes(SAMPLE.read_bytes())
    out = tmp_path / "out.xlsx"

    def press():
        raise KeyboardInterrupt

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(TableWriter, "write", stopped(press, 7))
        with pytest.raises(KeyboardInterrupt):
            scan_into(out, [tmp_path / "box.mbox"], reader, options=EVERY)
    before = resumable._job(out, [tmp_path], reader, EVERY)
    out.write_bytes(b"changed")
    companion(out, "rows").write_bytes(b"changed")
    assert resumable._job(out, [tmp_path], reader, EVERY) == before


@pytest.mark.parametrize("ending", [".csv", ".jsonl", ".parquet"])
def test_a_full_disk_is_a_clear_error_and_leaves_whole_rows(reader, tmp_path, ending, small_steps):
    """A limit on the size of files stands in for the disk: it fails in the middle of a row in the same way."""
    whole, out = tmp_path / f"whole{ending}", tmp_path / f"out{ending}"
    scan_into(whole, [SAMPLE], reader, options=EVERY)
    told = multiprocessing.get_context("fork").SimpleQueue()

    def run():
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (6000, resource.RLIM_INFINITY))
        try:
            scan_into(out, [SAMPLE], reader, options=EVERY)
        except OutputError as fault:
            told.put(str(fault))

    process = multiprocessing.get_context("fork").Process(target=run)
    process.start()
    process.join(120)
    assert process.exitcode == 0
    complaint = told.get()
    assert "cannot be written: File too large" in complaint and "--resume" in complaint
    rows = companion(out, "rows") if ending == ".parquet" else out
    text = rows.read_text()
    assert text.endswith("\n") and 0 < len(text) <= 6000
    if ending != ".csv":
        assert all(json.loads(line)["id"] for line in text.splitlines())
    scan_into(out, [SAMPLE], reader, options=EVERY, resume=True)
    assert out.read_bytes() == whole.read_bytes()


@pytest.mark.skipif(not pathlib.Path("/dev/full").exists(), reason="no /dev/full on this system")
def test_a_disk_that_is_full_from_the_start(tmp_path):
    (tmp_path / "out.csv").symlink_to("/dev/full")
    command = [sys.executable, "-m", "refusal_nlp", "scan", str(SAMPLE), "-o", str(tmp_path / "out.csv")]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert "cannot be written" in done.stderr and "Traceback" not in done.stderr


@pytest.mark.parametrize("jobs", ["1", "2"])
def test_ctrl_c_on_the_command_line(tmp_path, jobs):
    import refusal_nlp

    # Enough to be busy with when the signal comes: eight pieces of work, each as long as a process reads at once.
    large = b"From a@b Mon Jan  1 00:00:00 2024\nFrom: a@b.example\nSubject: plans\nContent-Type: application/pdf\nContent-Transfer-Encoding: base64\n\n"
    piece = SAMPLE.read_bytes() * 25 + large + b"QUJD" * 18 * 110_000 + b"\n\n"
    box, out = tmp_path / "box.mbox", tmp_path / "out.jsonl"
    box.write_bytes(piece * 8)
    command = [sys.executable, "-m", "refusal_nlp", "scan", str(box), "-o", str(out), "--all", "--jobs", jobs]
    # A shell that started the tests in the background has SIGINT ignored; a terminal's has not.
    heard = {"preexec_fn": lambda: signal.signal(signal.SIGINT, signal.SIG_DFL)}
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, start_new_session=True, **heard) as process:
        until = time.monotonic() + 120
        while time.monotonic() < until and process.poll() is None and not (out.exists() and out.stat().st_size):
            time.sleep(0.05)
        os.killpg(process.pid, signal.SIGINT)  # as a terminal does
        _, complaint = process.communicate(timeout=120)
    assert process.returncode == 130, complaint
    assert "--resume goes on" in complaint and "Traceback" not in complaint
    assert all(json.loads(line)["id"] for line in out.read_text().splitlines())
    done = subprocess.run([*command, "--resume"], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert f"{8 * (25 * 12 + 1)} messages read" in done.stdout
    labels = [json.loads(line)["label"] for line in out.read_text().splitlines()]
    assert labels == [*list(refusal_nlp.scan(SAMPLE)["label"]) * 25, "not_refusal"] * 8
