import datetime as dt
import sys
import types

import pytest

from refusal_nlp.errors import FormatError, MissingExtraError
from refusal_nlp.mail.read import read_mailbox

pytestmark = pytest.mark.filterwarnings("ignore::ResourceWarning")
HEADERS = "Message-ID: <7@brot.example>\r\nFrom: Ana Ruiz <ana@brot.example>\r\nSubject: =?utf-8?q?K=C3=BCche?=\r\nDate: Mon, 4 Mar 2024 10:00:00 +0100\r\n\r\n"


def msg(path, **fields):
    from aspose.email_foss.msg import MapiMessage, PropertyTypeCode

    message = MapiMessage.create(fields.get("subject", "Hello"), fields.get("body", "The post has been filled.\r\nAna"))
    if "html" in fields:
        message.body_html = fields["html"]
    for number, kind, value in fields.get("properties", ()):
        message.set_property(number, getattr(PropertyTypeCode, kind), value)
    message.save(path)
    message.close()
    return path


def test_a_msg_file(tmp_path):
    properties = [(0x0C1A, "PTYP_STRING", "Ana Ruiz"), (0x5D01, "PTYP_STRING", "ana@brot.example"), (0x1035, "PTYP_STRING", "<7@x>")]
    (mail,) = read_mailbox(msg(tmp_path / "a.msg", properties=properties))
    assert (mail.subject, mail.sender, mail.id, mail.error) == ("Hello", "Ana Ruiz <ana@brot.example>", "<7@x>", None)
    assert mail.body == "The post has been filled.\nAna" and not mail.outgoing


def test_the_headers_tell_more_than_outlook(tmp_path):
    (mail,) = read_mailbox(msg(tmp_path / "a.msg", properties=[(0x007D, "PTYP_STRING", HEADERS)]))
    assert (mail.id, mail.sender, mail.subject) == ("<7@brot.example>", "Ana Ruiz <ana@brot.example>", "Küche")
    assert mail.date.isoformat() == "2024-03-04T10:00:00+01:00"


def test_html_and_flags(tmp_path):
    path = msg(tmp_path / "a.msg", body="", html="<p>The post has<br>been filled.</p>", properties=[(0x0E07, "PTYP_INTEGER32", 0x28)])
    (mail,) = read_mailbox(path)
    assert mail.body == "The post has\nbeen filled." and mail.outgoing


def test_a_damaged_msg_file_names_itself(tmp_path):
    path = msg(tmp_path / "a.msg")
    path.write_bytes(path.read_bytes()[:700])
    with pytest.raises(FormatError, match=r"a\.msg: not a readable \.msg"):
        list(read_mailbox(path))
    (tmp_path / "b.eml").write_bytes(b"Subject: whole\n\nhello\n")
    mails = list(read_mailbox(tmp_path))
    assert [m.subject for m in mails] == [None, "whole"] and "not a readable .msg" in mails[0].error


def test_a_pst_file_that_is_none(tmp_path):
    path = tmp_path / "a.pst"
    path.write_bytes(b"!BDN" + b"\1" * 5000)
    with pytest.raises(FormatError, match=r"a\.pst: not a readable \.pst"):
        list(read_mailbox(path))


@pytest.mark.parametrize(("name", "content", "module"), [("a.msg", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "aspose"), ("a.pst", b"!BDN", "pypff")])
def test_a_missing_library_is_named(tmp_path, monkeypatch, name, content, module):
    monkeypatch.setattr("importlib.util.find_spec", lambda wanted: None if wanted.startswith(module) else object())
    (tmp_path / name).write_bytes(content)
    with pytest.raises(MissingExtraError, match=r"pip install 'refusal-nlp\[outlook\]'"):
        list(read_mailbox(tmp_path / name))
    (mail,) = read_mailbox(tmp_path)  # among other files it is a row, and the rest is read
    assert "refusal-nlp[outlook]" in mail.error


class Item:
    """A folder or message as pypff gives it: a method for each field, which may fail."""

    def __init__(self, **fields):
        self.fields = fields

    def __getattr__(self, name):
        def get(*index):
            value = self.fields.get(name.removeprefix("get_"))
            if isinstance(value, Exception):
                raise value
            return value[index[0]] if index and isinstance(value, list) else value

        return get


def folder(name, messages=(), folders=()):
    items = {"sub_message": list(messages), "sub_folder": list(folders), "number_of_sub_messages": len(messages), "number_of_sub_folders": len(folders)}
    return Item(name=name, **items)


@pytest.fixture
def archive(tmp_path, monkeypatch):
    """An archive with four messages; the library is stood in for, since no program here can write a .pst file."""
    at = dt.datetime(2024, 3, 4, 10, 0, 0)
    inbox = [
        Item(subject="\x01\x05Re: one", plain_text_body=b"caf\xe9", sender_name="Ana", delivery_time=at),
        Item(transport_headers=HEADERS, html_body=b"<p>two</p>", plain_text_body=OSError("damaged")),
        Item(rtf_body=b"{\\rtf1 x}", subject="three"),
    ]
    sent = [Item(subject="four", plain_text_body=b"hello")]
    root = folder(None, folders=[folder("Inbox", inbox), folder("Sent Items", sent), folder("broken", folders=[])])
    root.fields["sub_folder"][2].fields["number_of_sub_messages"] = OSError("damaged")
    file = Item(root_folder=root)
    module = types.ModuleType("pypff")
    module.file = lambda: file
    module.__spec__ = object()
    monkeypatch.setitem(sys.modules, "pypff", module)
    path = tmp_path / "a.ost"
    path.write_bytes(b"!BDN")
    return path


def test_a_pst_archive(archive):
    one, two, three, four = read_mailbox(archive)
    assert (one.subject, one.body, one.sender, one.date.isoformat()) == ("Re: one", "café", "Ana", "2024-03-04T10:00:00+00:00")
    assert (two.subject, two.body, two.id, two.error) == ("Küche", "two", "<7@brot.example>", None)
    assert "RTF" in three.error and three.body == ""
    assert four.outgoing and not one.outgoing
    assert one.source == f"{archive}/Inbox"
    assert len({m.id for m in (one, two, three, four)}) == 4
