"""One mailbox in every container gives the same messages."""

import bz2
import gzip
import io
import lzma
import os
import tarfile
import zipfile

import pytest

from refusal_nlp.errors import FormatError, InputError
from refusal_nlp.mail import packed
from refusal_nlp.mail.kinds import kind_of
from refusal_nlp.mail.read import read_mailbox

ONE = b"From: a@x.example\nSubject: one\nMessage-ID: <1@x>\n\nfirst\n"
TWO = b"From: b@x.example\nSubject: two\nMessage-ID: <2@x>\n\nsecond\n"
LINE = b"From a@x.example Mon Mar  4 10:00:00 2024\n"
BOX = LINE + ONE + b"\n" + LINE + TWO


def write(place, content):
    place.parent.mkdir(parents=True, exist_ok=True)
    place.write_bytes(content)
    return place


def subjects(path):
    return [m.subject for m in read_mailbox(path)]


@pytest.mark.parametrize(("ending", "pack"), [(".gz", gzip.compress), (".bz2", bz2.compress), (".xz", lzma.compress)])
@pytest.mark.parametrize("name", ["box.mbox{}", "box", "Sent.mbox{}"])
def test_compressed_files(tmp_path, ending, pack, name):
    path = write(tmp_path / name.format(ending), pack(BOX))
    mails = list(read_mailbox(path))
    assert [m.subject for m in mails] == ["one", "two"]
    assert {m.source for m in mails} == {str(path)}
    assert all(m.outgoing is name.startswith("Sent") for m in mails)


def zipped(files):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return out.getvalue()


def test_a_zip_of_a_mixture(tmp_path):
    files = {
        "Takeout/Mail/All mail.mbox": BOX,
        "Takeout/archive_browser.html": b"<html>",
        "Maildir/cur/1:2,S": ONE.replace(b"one", b"three"),
        "Maildir/tmp/2": ONE,
        "Mail/Drafts/x.eml": ONE.replace(b"one", b"four"),
        "../../evil.eml": ONE.replace(b"one", b"five"),
        "t.csv.gz": gzip.compress(b"id,subject,body\n1,six,hello\n"),
    }
    path = write(tmp_path / "takeout.zip", zipped(files))
    mails = list(read_mailbox(path))
    assert [m.subject for m in mails] == ["one", "two", "three", "four", "five", "six"]
    assert [m.subject for m in mails if m.outgoing] == ["four"]
    assert mails[0].source == f"{path}/Takeout/Mail/All mail.mbox"
    assert sorted(p.name for p in tmp_path.iterdir()) == ["takeout.zip"]


def test_tgz(tmp_path):
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w:gz") as archive:
        for name, content in {"Mail/box.mbox": BOX, "Mail/x.eml": ONE.replace(b"one", b"three")}.items():
            info = tarfile.TarInfo(name)
            info.size = len(content)
            archive.addfile(info, io.BytesIO(content))
        link = tarfile.TarInfo("passwd.eml")
        link.type, link.linkname = tarfile.SYMTYPE, "/etc/passwd"
        archive.addfile(link)
    assert subjects(write(tmp_path / "takeout.tgz", out.getvalue())) == ["one", "two", "three"]


def test_a_truncated_file_gives_what_can_be_unpacked_and_says_so(tmp_path):
    content = gzip.compress(BOX + os.urandom(50_000).hex().encode())
    mails = list(read_mailbox(write(tmp_path / "box.gz", content[:-20_000])))
    assert [m.subject for m in mails] == ["one", "two", None]
    assert "cannot be unpacked in full" in mails[-1].error


def test_bombs_are_stopped(tmp_path, monkeypatch):
    monkeypatch.setattr(packed, "FREE", 100_000)
    bomb = gzip.compress(b"\0" * 50_000_000)
    (mail,) = read_mailbox(write(tmp_path / "bomb.gz", bomb))
    assert "250 times its size" in mail.error
    mails = list(read_mailbox(write(tmp_path / "bomb.zip", zipped({f"{i}.eml": ONE + b"\n" * 5_000_000 for i in range(10)}))))
    assert len(mails) < 10 and "250 times its size" in mails[-1].error


def test_archives_in_archives_come_to_an_end(tmp_path):
    content = ONE
    for _ in range(6):
        content = zipped({"x": content})
    (mail,) = read_mailbox(write(tmp_path / "deep.zip", content))
    assert "archive within" in mail.error


def test_a_password_is_named(tmp_path):
    content = bytearray(zipped({"a.eml": ONE, "b.eml": TWO}))
    content[6] |= 1  # the flag of encryption, in the first member's header and in the directory
    content[content.index(b"PK\x01\x02") + 8] |= 1
    mails = list(read_mailbox(write(tmp_path / "secret.zip", bytes(content))))
    assert "encrypted" in mails[0].error and mails[1].subject == "two"


PLIST = b'<?xml version="1.0"?><plist><dict><key>flags</key>\n\t<integer>%d</integer></dict></plist>\n'


def emlx(raw, flags):
    return b"%d        \n" % len(raw) + raw + PLIST % flags


def test_apple_mail(tmp_path):
    folder = tmp_path / "Mail" / "INBOX.mbox" / "0-1" / "Data" / "Messages"
    write(folder / "1.emlx", emlx(ONE, 1))
    write(folder / "2.partial.emlx", emlx(TWO, 1))
    write(folder / "3.emlx", emlx(ONE.replace(b"one", b"deleted"), 3))
    write(folder / "4.emlx", emlx(ONE.replace(b"one", b"draft"), 65))
    write(folder / "1.partial.emlx", emlx(ONE.replace(b"one", b"a part of it"), 1))
    write(tmp_path / "Mail" / "Sent Messages.mbox" / "Messages" / "5.emlx", emlx(ONE.replace(b"one", b"sent"), 1))
    mails = list(read_mailbox(tmp_path / "Mail"))
    assert [m.subject for m in mails] == ["one", "two", "draft", "sent"]
    assert [m.subject for m in mails if m.outgoing] == ["draft", "sent"]
    assert mails[0].body == "first"


def test_maildir_flags_and_subfolders(tmp_path):
    box = tmp_path / "Maildir"
    write(box / "cur" / "1:2,S", ONE)
    write(box / "cur" / "2:2,ST", ONE.replace(b"one", b"trashed"))
    write(box / "cur" / "3!2,D", ONE.replace(b"one", b"draft"))
    write(box / "tmp" / "4", ONE)
    write(box / ".Work.Jobs" / "cur" / "5", TWO)
    write(box / ".Work.Jobs" / "new" / "6", b"no header at all")
    write(box / ".Sent" / "cur" / "7", TWO.replace(b"two", b"sent"))
    write(box / ".nothing" / "x", TWO)
    mails = list(read_mailbox(box))
    assert [m.subject for m in mails] == ["one", "draft", "sent", "two", None]
    assert [m.subject for m in mails if m.outgoing] == ["draft", "sent"]


def test_a_thunderbird_profile(tmp_path):
    write(tmp_path / "Inbox", LINE.replace(b"a@x.example", b"-") + b"X-Mozilla-Status: 0001\n" + ONE)
    write(tmp_path / "Inbox.msf", b"// <!-- <mdb:mork:z v='1.4'/> -->")
    write(tmp_path / "Inbox.sbd" / "Jobs", LINE + TWO)
    write(tmp_path / "Drafts", LINE + TWO.replace(b"two", b"draft"))
    write(tmp_path / "prefs.js", b"user_pref: 1")
    write(tmp_path / "notes.txt", b"Remember: the milk.\n")
    assert subjects(tmp_path) == ["draft", "one", "two"]


def test_links_and_what_is_no_file_are_left_alone(tmp_path):
    write(tmp_path / "a" / "x.eml", ONE)
    (tmp_path / "a" / "loop").symlink_to(tmp_path)
    (tmp_path / "a" / "y.eml").symlink_to(tmp_path / "a" / "x.eml")
    os.mkfifo(tmp_path / "a" / "pipe.eml")
    assert subjects(tmp_path) == ["one"]
    with pytest.raises(FormatError, match="neither a file nor a folder"):
        list(read_mailbox(tmp_path / "a" / "pipe.eml"))


def test_a_bad_file_in_a_folder_is_told_and_the_rest_is_read(tmp_path):
    write(tmp_path / "a.parquet", b"PAR1 and nothing more")
    write(tmp_path / "b.jsonl", b'{"body": "hello"}\n{broken\n{"body": "again"}\n')
    write(tmp_path / "c.eml", ONE)
    write(tmp_path / "prices.csv", b"item,price\nbread,3\n")
    mails = list(read_mailbox(tmp_path))
    assert [(m.subject, m.body, bool(m.error)) for m in mails] == [
        (None, "", True),
        (None, "hello", False),
        (None, "", True),
        (None, "again", False),
        ("one", "first", False),
    ]
    assert "line 2" in mails[2].error and "b.jsonl" in mails[2].error


def test_a_file_without_permission(tmp_path, monkeypatch):
    write(tmp_path / "a.eml", ONE)
    write(tmp_path / "b.eml", TWO)
    import pathlib

    opened = pathlib.Path.open

    def refuse(self, *args, **kwargs):
        if self.name == "a.eml":
            raise PermissionError(13, "Permission denied")
        return opened(self, *args, **kwargs)

    monkeypatch.setattr(pathlib.Path, "open", refuse)
    mails = list(read_mailbox(tmp_path))
    assert mails[0].error == "cannot be read: Permission denied" and mails[1].subject == "two"
    with pytest.raises(InputError, match="Permission denied"):
        list(read_mailbox(tmp_path / "a.eml"))


@pytest.mark.parametrize(
    ("head", "name", "kind"),
    [
        (BOX, "x.txt", "mbox"),
        (ONE, "17", "message"),
        (b"\xef\xbb\xbf" + ONE, "x", "message"),
        (b"Dear Ana: hello\n", "x", "unknown"),
        (b"Note: hello\nColour: red\n\n", "x.txt", "unknown"),
        (b"hello", "x.eml", "message"),
        (b"", "x.eml", "empty"),
        (b"", "x", "empty"),
        (b"   \n", "x", "empty"),
        (b"12 \nSubject: a\n", "x", "emlx"),
        (b'{"body": 1}\n', "x.txt", "jsonl"),
        (b"id\tbody\n1\thello\n", "x.txt", "csv"),
        (b"PK\x03\x04", "letter.docx", "unknown"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "a.doc", "unknown"),
        (b"!BDN", "a", "pst"),
    ],
)
def test_kinds_by_content(head, name, kind):
    assert kind_of(head, name) == kind
