"""Hostile mail: a bounded cost for any one message, a row for each, and output that is safe to open and to look at."""

import csv
import io
import json
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rich.console import Console

import hostile
from refusal_nlp.cascade import read_rows
from refusal_nlp.cli.screen import show_analysis, show_rows
from refusal_nlp.mail.bounds import MAX_LINES, MAX_TEXT, bounded
from refusal_nlp.mail.htmltext import html_to_text
from refusal_nlp.mail.kinds import kind_of
from refusal_nlp.mail.mime import mail_from_bytes
from refusal_nlp.mail.read import read_mailbox
from refusal_nlp.mail.table import mails
from refusal_nlp.report.rows import COLUMNS
from refusal_nlp.report.safe import in_cell
from refusal_nlp.report.tables import TableWriter
from refusal_nlp.types import Mail

MESSAGES = dict(hostile.messages())
MOST = 2.0  # seconds of this process for one message: reading it and judging it
STILL_READ = [  # of these the sentence can be read, and the subject of all that have one
    "100000 parts", "multipart nested 50 deep", "multipart without boundary", "subject of 2 MB", "20000 addresses", "100000 received", "line ends and NULs in headers",
    "NULs in the text", "attachment of 30 MB", "attachment of 30 MB above the text", "50000 nested div", "50000 nested b", "50000 nested and closed",
    "100000 attributes", "100000 attributes in quotes", "style of 1 MB", "200000 empty paragraphs", "base64 of wrong length",
    "100000 parameters", "parameters in quotes", "charset of 1 MB", "charset as a path", "a leading space", "formatting that is opened anew",
]  # fmt: skip


def test_there_are_many():
    assert len(MESSAGES) >= 150


@pytest.mark.parametrize("name", MESSAGES)
def test_every_message_is_a_row_at_a_bounded_cost(reader, name):
    start = time.process_time()
    mail = mail_from_bytes(MESSAGES[name], source="x.mbox")
    (row,) = read_rows(reader, [mail])
    assert time.process_time() - start < MOST
    assert set(row) == set(COLUMNS) and row["id"]
    assert row["label"] or row["error"]
    assert not (row["error"] or "").startswith("not analysed")
    for field in ("subject", "sender", "id"):
        assert not set(row[field] or "") & set("\r\n\0\x1b\x7f")


@pytest.mark.parametrize("name", STILL_READ)
def test_what_can_be_read_is_read(name):
    mail = mail_from_bytes(MESSAGES[name])
    assert "The post has been filled." in " ".join(mail.body.split())


@pytest.mark.parametrize(
    ("name", "remark"),
    [
        ("100000 parts", "parts were read"),
        ("multipart nested 500 deep", "parts within parts"),
        ("text of words", "characters were read"),
        ("text of one word", "without a space"),
        ("text of quoted lines", "lines were read"),
        ("charset as a path", "unknown charset"),
        ("100000 headers", "headers were read"),
    ],
)
def test_what_was_left_out_is_told(name, remark):
    assert remark in mail_from_bytes(MESSAGES[name]).error


def test_all_of_them_in_one_mailbox(tmp_path):
    line = b"From a@x.example Mon Mar  4 10:00:00 2024\n"
    small = [raw for raw in MESSAGES.values() if raw.startswith(hostile.HEAD) and len(raw) < 300_000]
    path = tmp_path / "all.mbox"
    path.write_bytes(b"".join(line + raw + b"\n" for raw in small))
    assert len(small) > 30
    assert len(list(read_mailbox(path))) == len(small)


def test_a_table_is_bounded_too(tmp_path):
    path = tmp_path / "t.jsonl"
    path.write_text(json.dumps({"id": "i" * 9999, "subject": "s" * 9999, "body": "word " * 100_000}) + "\n")
    (mail,) = mails(path)
    assert len(mail.body) == MAX_TEXT and len(mail.subject) == len(mail.id) == 2000 and "only the first" in mail.error


def test_ordinary_text_is_not_touched():
    text = "A long letter. " * 3000 + "\n" * (MAX_LINES - 1)
    assert bounded(text) == (text, [])


@settings(max_examples=300, deadline=None)
@given(
    st.lists(
        st.sampled_from(
            [b"<div", b"<", b">", b"</div>", b"<b>", b"<p a='", b'"', b"'", b"=", b" a", b"<!--", b"-->", b"<table>", b"<td>", b"&", b"x", b"\0", b"<style>"]
        ),
        max_size=60,
    )
)
def test_any_markup_gives_text(pieces):
    assert isinstance(html_to_text(b"".join(pieces).decode()), str)


@settings(max_examples=300, deadline=None)
@given(st.binary(max_size=600), st.sampled_from(["x", "x.eml", "x.csv", "x.mbox"]))
def test_any_head_has_a_kind(head, name):
    assert isinstance(kind_of(head, name), str)


PIECES = [b"\nFrom a@x.example Mon Mar  4 10:00:00 2024\n", b"From ", b"\n", b"\r\n", b"Subject: a\n", b"Content-Length: 9\n", b"\n\n", b"x", b">From \n", b"\xff", b"Content-Type: multipart/mixed; boundary=b\n", b"--b\n", b"\0"]  # fmt: skip


@settings(max_examples=200, deadline=None)
@given(pieces=st.lists(st.sampled_from(PIECES), max_size=40))
def test_any_mailbox_is_read(tmp_path_factory, pieces):
    path = tmp_path_factory.mktemp("any") / "box.mbox"
    path.write_bytes(b"From a@x.example Mon Mar  4 10:00:00 2024\nSubject: first\n\n" + b"".join(pieces))
    found = list(read_mailbox(path))
    assert found[0].subject == "first" or found[0].error
    assert all(isinstance(m.body, str) and m.source == str(path) for m in found)


FORMULAS = ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "\n=1", "＝1+1", "＋1", "－1", "＠SUM", "\x00=1", "\u202e=1", "\ufeff=1", "\x1b=1"]


@pytest.mark.parametrize("text", FORMULAS)
def test_no_cell_begins_as_a_formula(text):
    cell = in_cell(text)
    assert cell[0] == "'" and not set(cell) & set("\0\x1b\u202e")


@pytest.mark.parametrize("text", ["a;=1+1", "a\t=cmd|' /C calc'!A0", "a\n=1", "a;@SUM(A1)", "a\n+1", "a\n-2+3"])
def test_no_formula_comes_about_where_another_delimiter_cuts(text):
    assert not any(
        part.lstrip().startswith(("=", "+", "@", "-")) for line in in_cell(text).splitlines() for piece in line.split(";") for part in piece.split("\t")
    )


@given(st.text(max_size=200))
def test_plain_words_survive_in_cells(text):
    assert in_cell("a" + "".join(c for c in text if c.isalnum())) == "a" + "".join(c for c in text if c.isalnum())


STEERING = "\x1b[2J\x1b]0;title\x07\x9b31m\x00\x08\u202e\u2066\u200f\u061c"
EVIL = Mail(
    id=f"1{STEERING}",
    subject=f"Your application{STEERING}[red]for the post of Analyst{STEERING}",
    sender=f"Ana{STEERING} <ana@brot.example>",
    body=f"Dear Bo,\nthank you for applying for the post of Data{STEERING} Analyst. You lack{STEERING} experience, and the post has been filled.\nAna{STEERING} Ruiz\nBrot{STEERING} Ltd\n",
    error=f"broken{STEERING}",
)


def shown(act):
    out = io.StringIO()
    act(Console(file=out, force_terminal=False, width=100))
    return out.getvalue()


def test_nothing_of_a_message_steers_the_terminal(reader, monkeypatch):
    (row,) = read_rows(reader, [EVIL])
    unread = dict(row) | {"label": None}
    text = shown(lambda console: show_rows([row, unread], console))
    out = io.StringIO()
    monkeypatch.setattr("refusal_nlp.cli.screen.Console", lambda **options: Console(file=out, width=100, **options))
    show_analysis(EVIL, reader.read(EVIL))
    for result in (text, out.getvalue()):
        assert not set(result) & set(STEERING) - set("[2J]0;title31m")
    assert "Subject:" in out.getvalue()


@pytest.mark.parametrize("ending", [".csv", ".jsonl"])
def test_nothing_of_a_message_steers_a_terminal_that_shows_the_table(reader, tmp_path, ending):
    path = tmp_path / f"out{ending}"
    (row,) = read_rows(reader, [EVIL])
    with TableWriter(path) as table:
        table.write(row)
    text = path.read_text("utf-8")
    assert not set(text) & set(STEERING) - set("[2J]0;title31m")
    if ending == ".jsonl":
        assert json.loads(text) == row  # written as escapes: nothing is lost
    else:
        with path.open(newline="") as file:
            assert len(list(csv.DictReader(file))) == 1


def test_an_error_does_not_steer_the_terminal(tmp_path, monkeypatch, capsys):
    import sys

    from refusal_nlp.cli import main

    path = tmp_path / "t.csv"
    path.write_text("id,\x1b[2Jwords\u202e\n1,hello\n")
    monkeypatch.setattr(sys, "argv", ["refusal-nlp", "scan", str(path)])
    with pytest.raises(SystemExit):
        main()
    error = capsys.readouterr().err
    assert "words" in error and not set(error) & set("\x1b\u202e")
