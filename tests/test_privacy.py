"""Nothing is sent anywhere: a scan of every kind of file runs with all sockets and name look-ups forbidden, and starts no program."""

import gzip
import pathlib
import socket
import subprocess
import sys

import pytest

ROOT = pathlib.Path(__file__).parent.parent
# Runs in a process of its own, so that nothing can have been loaded or opened before.
PROGRAM = """
import sys
attempts = []
def watch(event, args):
    if event.split(".")[0] in {"socket", "subprocess", "urllib", "http", "ftplib", "smtplib"} or event in {"os.system", "os.exec", "os.posix_spawn"}:
        if event != "socket.__new__":  # urllib3, which spaCy brings, asks once whether there is IPv6; it gets none, and nothing is sent
            attempts.append((event, str(args)[:200]))
        raise PermissionError(f"forbidden here: {event}")
sys.addaudithook(watch)
from refusal_nlp.cli import main
sys.argv = ["refusal-nlp", *sys.argv[1:]]
try:
    main()
finally:
    print("ATTEMPTS", attempts)
"""
LINKS = (
    b"From: jobs@x.example\nSubject: Your application\nContent-Type: text/html\n\n<html><head><link rel=stylesheet href='http://x.example/a.css'>"
    b"<meta http-equiv=refresh content='0;url=http://x.example'></head><body><img src='http://x.example/pixel.gif'><script src='http://x.example/a.js'></script>"
    b"<p>Thank you for applying. The post has been filled.</p></body></html>\n"
)


def scan(*arguments):
    return subprocess.run([sys.executable, "-c", PROGRAM, "scan", *map(str, arguments)], cwd=ROOT, capture_output=True, text=True, check=False)


@pytest.mark.parametrize("ending", ["csv", "jsonl", "xlsx", "parquet"])
def test_a_whole_scan_runs_with_sockets_forbidden(tmp_path, ending):
    sample = (ROOT / "examples/sample.mbox").read_bytes()
    box = tmp_path / "in"
    box.mkdir()
    (box / "a.mbox.gz").write_bytes(gzip.compress(sample))
    (box / "b.eml").write_bytes(LINKS)
    (box / "c.csv").write_text("subject,body\nhello,The post has been filled.\n")
    out = tmp_path / f"out.{ending}"
    done = scan(box, "-o", out)
    assert done.returncode == 0, done.stderr
    assert "ATTEMPTS []" in done.stdout
    assert "14 messages read" in done.stdout and out.stat().st_size > 500


def test_the_guard_would_notice():
    program = PROGRAM.replace("from refusal_nlp.cli import main", "import socket\ndef main():\n    socket.create_connection(('127.0.0.1', 9))")
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False)
    assert done.returncode != 0 and "socket.getaddrinfo" in done.stdout


def test_reading_and_judging_in_this_process_uses_no_socket(reader, monkeypatch):
    from refusal_nlp.mail.mime import mail_from_bytes

    def refuse(*args, **kwargs):
        raise AssertionError("a socket was opened")

    monkeypatch.setattr(socket, "socket", refuse)
    monkeypatch.setattr(socket, "getaddrinfo", refuse)
    assert reader.read(mail_from_bytes(LINKS)).is_refusal
