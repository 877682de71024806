"""The labelling loop: what is asked, what is kept, what a page on this machine lets in."""

import contextlib
import csv
import http.client
import io
import json
import os
import pathlib
import pty
import subprocess
import sys
import threading
import urllib.parse

import pytest
from rich.console import Console

from refusal_nlp.errors import EmptyInputError, FormatError, MissingFileError, OutputError
from refusal_nlp.review.candidates import Candidate, read_candidates
from refusal_nlp.review.labels import LabelFile, Session
from refusal_nlp.review.pick import DISAGREEING, UNCERTAIN, UNLIKE, Pick, pick
from refusal_nlp.review.terminal import run_terminal
from refusal_nlp.review.web import HOST, ReviewServer
from refusal_nlp.scanning import scan_rows
from refusal_nlp.training.own import read_own
from refusal_nlp.types import Label, Mail

SAMPLE = pathlib.Path(__file__).parent.parent / "examples" / "sample.mbox"
EVIL = '<script>alert(1)</script> & "quoted" \x1b[2J\x9b2J \u202egnp.exe'


def candidate(number, body="Hello.", probabilities=None):
    return Candidate(mail=Mail(id=str(number), body=body, source="box.mbox", subject="=1+1", sender="a@x.example"), probabilities=probabilities)


def picks(*bodies):
    return [Pick(candidate=candidate(i, body), why=("for variety",)) for i, body in enumerate(bodies)]


@pytest.fixture(scope="module")
def scanned(reader, tmp_path_factory):
    out = tmp_path_factory.mktemp("scan") / "results.jsonl"
    out.write_text("".join(json.dumps(row) + "\n" for row in scan_rows([SAMPLE], reader)))
    return out


# which messages


def test_the_rows_of_a_scan_find_their_texts(scanned, tmp_path):
    found, faults = read_candidates(scanned)
    assert len(found) == 12 and faults == [] and all(c.mail.body.strip() for c in found)
    assert all(sum(c.probabilities.values()) == pytest.approx(1, abs=1e-3) for c in found)
    moved = tmp_path / "results.jsonl"
    moved.write_text(scanned.read_text().replace(str(SAMPLE), "gone.mbox"))
    with pytest.raises(EmptyInputError, match=r"name the mailbox with --mail(.|\n)*gone.mbox: no such mailbox"):
        read_candidates(moved)
    assert [c.mail for c in read_candidates(moved, [SAMPLE])[0]] == [c.mail for c in found]
    (tmp_path / "sample.mbox").write_bytes(SAMPLE.read_bytes())
    moved.write_text(scanned.read_text().replace(str(SAMPLE), "sample.mbox"))
    assert len(read_candidates(moved)[0]) == 12  # beside the table


def test_a_table_with_texts_needs_no_mailbox(tmp_path):
    path = tmp_path / "t.csv"
    path.write_text("text,subject\nHello there.,Hi\n,empty\n")
    found, _ = read_candidates(path)
    assert [(c.mail.id, c.mail.body, c.mail.subject, c.probabilities) for c in found] == [("1", "Hello there.", "Hi", None)]
    with pytest.raises(MissingFileError):
        read_candidates(tmp_path / "no.csv")
    with pytest.raises(FormatError, match="must be one of"):
        read_candidates(SAMPLE)


def test_the_choice_is_telling_and_diverse(reader):
    plain = "Thank you for applying for the post of stock clerk. You have not been selected."
    strange = "Grunz wobble zephyr quux blorp nix vanta smorg, flimflam yonder brizzle."
    pool = [candidate(i, plain.replace("stock", word)) for i, word in enumerate(("stock", "ward", "law", "night"))] + [candidate(9, strange)]
    chosen = pick(pool, reader, [plain], 2)
    assert chosen[0].candidate.key == ("box.mbox", "9") or chosen[1].candidate.key == ("box.mbox", "9")
    assert UNLIKE in next(p for p in chosen if p.candidate.mail.id == "9").why
    assert UNLIKE not in next(p for p in chosen if p.candidate.mail.id != "9").why


def test_the_uncertain_come_first_and_reasons_are_true(reader, few):
    pool = [Candidate(mail=e.mail, probabilities=None) for e in few]
    chosen = pick(pool, reader, [e.mail.body for e in few], 20)
    by_id = {c.mail.id: reader.read(c.mail) for c in pool}

    def margin(mail_id):
        first, second = sorted(by_id[mail_id].probabilities.values())[-1:-3:-1]
        return first - second

    mean = sum(map(margin, by_id)) / len(by_id)
    assert sum(margin(p.candidate.mail.id) for p in chosen) / 20 < mean
    for p in chosen:
        assert (UNCERTAIN in p.why) == (margin(p.candidate.mail.id) <= 0.7)
    assert {w for p in chosen for w in p.why} <= {UNCERTAIN, DISAGREEING, UNLIKE, "for variety"}
    assert [p.candidate.key for p in pick(pool, reader, [], 20)] == [p.candidate.key for p in pick(pool, reader, [], 20)]


def test_nothing_is_asked_twice_and_nothing_beyond_what_there_is(reader):
    pool = [candidate(i, f"Hello number {i}.") for i in range(3)]
    assert len(pick(pool, reader, [], 10)) == 3
    assert [p.candidate.mail.id for p in pick(pool, reader, [], 10, done={pool[0].key, pool[2].key})] == ["1"]
    assert pick([], reader, [], 5) == []


def test_of_a_large_mailbox_the_uncertain_are_looked_at(reader, monkeypatch):
    monkeypatch.setattr("refusal_nlp.review.pick.POOL", 4)
    sure, unsure = [dict(zip(Label, values, strict=True)) for values in ((1, 0, 0, 0), (0.5, 0.5, 0, 0))]
    pool = [candidate(i, f"Hello number {i}.", unsure if i in {7, 23} else sure) for i in range(40)]
    found = {p.candidate.mail.id for p in pick(pool, reader, [], 40)}
    assert len(found) == 4 and {"7", "23"} <= found


# what is kept


@pytest.mark.parametrize("ending", ["csv", "jsonl"])
def test_labels_go_straight_into_training_and_are_gone_on_with(tmp_path, ending):
    path = tmp_path / f"labels.{ending}"
    first = LabelFile(path)
    bodies = ['Dear Jo,\n\nyou have not been chosen, "sorry".', "=cmd|'/c calc'!A1", "Lunch?"]
    mails = [candidate(i, body).mail for i, body in enumerate(bodies)]
    for mail, label in zip(mails, ("categorical", "not_refusal", "skip"), strict=True):
        first.add(mail, label)
        assert len(LabelFile(path)) == len(first)  # on disk at once
    again = LabelFile(path)
    assert all(again.holds((m.source, m.id)) for m in mails) and not again.holds(("box.mbox", "7"))
    assert again.undo() is None  # what was answered in another sitting stays
    found = read_own([path])
    assert [str(e.label) for e in found.examples] == ["categorical", "not_refusal"]
    assert [e.mail.body.lstrip("'") for e in found.examples] == bodies[:2]
    assert [a.why for a in found.set_aside] == ["skipped"]
    if ending == "csv":
        cells = [cell for row in csv.reader(io.StringIO(path.read_text())) for cell in row]
        assert not any(cell.startswith("=") for cell in cells)


def test_undo_takes_back_one_answer_after_the_other(tmp_path):
    session = Session(picks=picks("a", "b"), labels=LabelFile(tmp_path / "l.csv"))
    assert not session.undo()
    session.answer("evasive")
    session.answer("skip")
    assert session.current is None
    assert session.undo() and session.undo() and not session.undo()
    assert session.at == 0 and len(LabelFile(tmp_path / "l.csv")) == 0


def test_another_file_is_not_overwritten(tmp_path):
    path = tmp_path / "diary.csv"
    path.write_text("day,thought\n1,hm\n")
    with pytest.raises(FormatError, match="something else"):
        LabelFile(path)
    assert path.read_text() == "day,thought\n1,hm\n"
    with pytest.raises(FormatError, match="one of"):
        LabelFile(tmp_path / "l.xlsx")
    with pytest.raises(OutputError, match="cannot be written"):
        LabelFile(tmp_path / "no" / "l.csv")
    with pytest.raises(ValueError, match="unknown label"):
        LabelFile(tmp_path / "l.csv").add(candidate(1).mail, "maybe")


# the terminal


def test_one_key_a_label(tmp_path):
    session = Session(picks=picks("first", EVIL, "third", "x" * 4000, "fifth"), labels=LabelFile(tmp_path / "l.jsonl"))
    out = io.StringIO()
    keys = iter(["c", "u", "?", "N", "k", "s", "m", "e", "q"])
    run_terminal(session, Console(file=out, width=100), lambda: next(keys))
    rows = [json.loads(line) for line in (tmp_path / "l.jsonl").read_text().splitlines()]
    assert [r["label"] for r in rows] == ["not_refusal", "kept_on_file", "skip", "evasive"]
    assert session.at == 4
    shown = out.getvalue()
    assert "\x1b" not in shown and "\x9b" not in shown and "\u202e" not in shown and "<script>" in shown
    assert "1000 more characters" in shown


@pytest.mark.parametrize("end", ["", "\x03", "\x04", "q"])
def test_the_end_of_input_ends_the_loop(tmp_path, end):
    session = Session(picks=picks("first"), labels=LabelFile(tmp_path / "l.csv"))
    run_terminal(session, Console(file=io.StringIO()), lambda: end)
    assert session.at == 0


def run_review(*arguments, stdin):
    command = [sys.executable, "-m", "refusal_nlp", "review", *map(str, arguments)]
    return subprocess.run(command, input=stdin, capture_output=True, text=True, check=False)


def test_the_command_goes_on_where_it_was_left(scanned, tmp_path):
    out = tmp_path / "labels.csv"
    done = run_review(scanned, "-o", out, "-n", 5, stdin="c\nn\nq")
    assert done.returncode == 0, done.stderr
    assert "2 answers" in done.stdout and "10 messages have none" in done.stdout and "1 of 5" in done.stdout
    done = run_review(scanned, "-o", out, "-n", 3, stdin="e n n")
    assert "5 answers" in done.stdout
    rows = list(csv.DictReader(io.StringIO(out.read_text())))
    assert [r["label"] for r in rows] == ["categorical", "not_refusal", "evasive", "not_refusal", "not_refusal"]
    assert len({r["id"] for r in rows}) == 5


def test_one_key_is_enough_on_a_terminal(scanned, tmp_path):
    ours, theirs = pty.openpty()
    command = [sys.executable, "-m", "refusal_nlp", "review", str(scanned), "-o", str(tmp_path / "l.csv"), "-n", "2"]
    with subprocess.Popen(command, stdin=theirs, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        os.close(theirs)
        assert b"1 of 2" in process.stdout.readline()  # the terminal takes single keys from here on
        os.write(ours, b"k\x1b[Cn")  # no Enter; an arrow key between them is no answer
        shown, fault = process.communicate(timeout=120)
    with contextlib.suppress(OSError):
        os.close(ours)
    assert process.returncode == 0, fault
    assert b"2 answers" in shown


# the page


@pytest.fixture
def server(tmp_path):
    session = Session(picks=picks("first", EVIL), labels=LabelFile(tmp_path / "l.jsonl"))
    with ReviewServer(session) as running:
        thread = threading.Thread(target=running.serve_forever)
        thread.start()
        yield running
        running.shutdown()
        thread.join()


def ask(server, method="GET", path=None, form=None, **headers):
    connection = http.client.HTTPConnection(HOST, server.server_address[1], timeout=10)
    body = urllib.parse.urlencode(form) if form is not None else None
    connection.request(method, path or f"/{server.token}/", body, {k.replace("_", "-"): v for k, v in headers.items()})
    answer = connection.getresponse()
    text = answer.read().decode()
    connection.close()
    return answer, text


def test_the_page_is_on_this_machine_only_and_shows_text_only(server):
    assert server.server_address[0] == "127.0.0.1" and len(server.token) >= 32
    server.session.at = 1
    answer, text = ask(server)
    assert answer.status == 200
    assert "<script" not in text and "&lt;script&gt;alert(1)" in text
    assert not {"\x1b", "\x9b", "\u202e"} & set(text)
    assert answer.headers["Content-Security-Policy"].startswith("default-src 'none'")
    assert answer.headers["Cache-Control"] == "no-store" and answer.headers["Referrer-Policy"] == "no-referrer"
    assert "http://" not in text and "https://" not in text and "src=" not in text


def test_without_the_token_or_from_elsewhere_nothing_is_shown_or_written(server):
    for arguments in (
        {"path": "/"},
        {"path": "/wrong/"},
        {"path": f"/{server.token}x/"},
        {"Host": f"evil.example:{server.server_address[1]}"},
        {"Origin": "http://evil.example"},
    ):
        for method, form in (("GET", None), ("POST", {"answer": "evasive", "at": "0"})):
            answer, text = ask(server, method, form=form, **arguments)
            assert answer.status == 404 and "first" not in text
    assert len(server.session.labels) == 0


def test_answers_undo_and_quit(server):
    answer, _ = ask(server, "POST", form={"answer": "categorical", "at": "0"}, Origin=f"http://{HOST}:{server.server_address[1]}")
    assert answer.status == 303 and answer.headers["Location"] == f"/{server.token}/"
    ask(server, "POST", form={"answer": "evasive", "at": "0"})  # a second click on the same page
    ask(server, "POST", form={"answer": "nonsense", "at": "1"})
    assert server.session.at == 1 and len(server.session.labels) == 1
    ask(server, "POST", form={"answer": "undo"})
    assert server.session.at == 0 and len(server.session.labels) == 0
    for at in ("0", "1"):
        ask(server, "POST", form={"answer": "skip", "at": at})
    assert "All 2 are answered" in ask(server)[1]
    answer, text = ask(server, "POST", form={"answer": "quit"})
    assert answer.status == 200 and "labels are kept" in text


def test_a_form_that_is_none_is_refused(server):
    for length in ("99999999", "-1", "x"):
        connection = http.client.HTTPConnection(HOST, server.server_address[1], timeout=10)
        connection.putrequest("POST", f"/{server.token}/")
        connection.putheader("Content-Length", length)
        connection.endheaders()
        assert connection.getresponse().status == 413
        connection.close()
    assert len(server.session.labels) == 0


def test_a_disk_that_is_full_ends_the_page_with_a_word(server, monkeypatch):
    def full(*_):
        raise OutputError("labels.csv: cannot be written: No space left on device")

    monkeypatch.setattr(server.session.labels, "_write", full)
    answer, text = ask(server, "POST", form={"answer": "evasive", "at": "0"})
    assert answer.status == 200 and "No space left" in text and server.fault is not None
