import json

import pytest

from refusal_nlp.errors import EmptyInputError, FormatError, MissingFileError
from refusal_nlp.mail.read import read_mailbox

ONE = b"From: a@x.example\nSubject: one\nMessage-ID: <1@x>\n\nfirst\n"
TWO = b"From: b@x.example\nSubject: two\nMessage-ID: <2@x>\n\nsecond\n>From here on\n"
LINE = b"From a@x.example Mon Mar  4 10:00:00 2024\n"


def subjects(path):
    return [m.subject for m in read_mailbox(path)]


def test_mbox(tmp_path):
    path = tmp_path / "box"
    path.write_bytes(LINE + ONE + b"\n" + LINE + TWO)
    mails = list(read_mailbox(path))
    assert [m.id for m in mails] == ["<1@x>", "<2@x>"]
    assert mails[1].body == "second\nFrom here on"


def test_a_from_line_inside_a_body_does_not_cut(tmp_path):
    path = tmp_path / "box.mbox"
    path.write_bytes(LINE + ONE + b"\nFrom the bakery we walked home.\nIt rained.\n\n" + LINE + TWO)
    mails = list(read_mailbox(path))
    assert len(mails) == 2
    assert "From the bakery" in mails[0].body


def test_mbox_with_crlf_and_without_final_newline(tmp_path):
    path = tmp_path / "box.mbox"
    path.write_bytes((LINE + ONE + b"\n" + LINE + TWO).replace(b"\n", b"\r\n").rstrip())
    assert subjects(path) == ["one", "two"]


def test_eml_and_maildir_and_folder(tmp_path):
    maildir = tmp_path / "all" / "Maildir"
    for part in ("cur", "new", "tmp"):
        (maildir / part).mkdir(parents=True)
    (maildir / "cur" / "1:2,S").write_bytes(ONE)
    (maildir / "new" / "2").write_bytes(TWO)
    (maildir / "tmp" / "3").write_bytes(ONE.replace(b"one", b"unfinished"))
    assert subjects(maildir) == ["one", "two"]
    eml = tmp_path / "all" / "three.eml"
    eml.write_bytes(ONE.replace(b"one", b"three"))
    assert subjects(eml) == ["three"]
    assert subjects(tmp_path / "all") == ["one", "two", "three"]


ROWS = [{"id": "a", "subject": "s", "sender": "x@y.example", "body": "hello, “you”"}, {"id": "b", "subject": None, "sender": None, "body": "two\nlines"}]


@pytest.mark.parametrize("ending", [".csv", ".jsonl", ".parquet", ".xlsx"])
def test_tables(tmp_path, ending):
    import pandas as pd

    path = tmp_path / f"t{ending}"
    frame = pd.DataFrame(ROWS)
    if ending == ".csv":
        frame.to_csv(path, index=False)
    elif ending == ".parquet":
        frame.to_parquet(path)
    elif ending == ".xlsx":
        frame.to_excel(path, index=False)
    else:
        path.write_text("\n".join(map(json.dumps, ROWS)) + "\n")
    mails = list(read_mailbox(path))
    assert [(m.id, m.subject, m.sender, m.body) for m in mails] == [("a", "s", "x@y.example", "hello, “you”"), ("b", None, None, "two\nlines")]


def test_text_stands_in_for_body(tmp_path):
    path = tmp_path / "t.jsonl"
    path.write_text('{"text": "hello"}\n')
    assert [m.body for m in read_mailbox(path)] == ["hello"]


def test_semicolons(tmp_path):
    path = tmp_path / "t.csv"
    path.write_text("id;body\n1;hello there\n2;good bye\n")
    assert [m.body for m in read_mailbox(path)] == ["hello there", "good bye"]


def write(tmp_path, name, content):
    path = tmp_path / name
    path.write_bytes(content)
    return path


def test_what_is_wrong_is_said(tmp_path):
    with pytest.raises(MissingFileError, match="no such file"):
        list(read_mailbox(tmp_path / "nothing"))
    with pytest.raises(FormatError, match="no known kind"):
        list(read_mailbox(write(tmp_path, "x.bin", b"\0\1\2 nothing")))
    with pytest.raises(EmptyInputError, match="no message"):
        list(read_mailbox(write(tmp_path, "e.mbox", b"")))
    with pytest.raises(FormatError, match="line 1"):
        list(read_mailbox(write(tmp_path, "x.jsonl", b"{not json\n")))
    with pytest.raises(FormatError, match="column `body`"):
        list(read_mailbox(write(tmp_path, "x.csv", b"id,words\n1,hello\n")))
    with pytest.raises(FormatError, match="parquet"):
        list(read_mailbox(write(tmp_path, "x.parquet", b"not parquet")))
    (tmp_path / "empty").mkdir()
    with pytest.raises(EmptyInputError, match="no message"):
        list(read_mailbox(tmp_path / "empty"))
