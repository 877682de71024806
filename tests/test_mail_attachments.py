import email
import email.message

import pytest

from refusal_nlp.mail.attachments import end_of_header, without_attachments
from refusal_nlp.mail.mime import mail_from_bytes

WORDS = "We chose another applicant -- with regret.\n--not a border\n"


def message(*parts):
    made = email.message.EmailMessage()
    made["Subject"] = "Your application"
    made.set_content(WORDS)
    for content, maintype, subtype in parts:
        made.add_attachment(content, maintype=maintype, subtype=subtype, filename="file")
    return made.as_bytes()


def test_large_attachments_go_and_the_text_stays():
    raw = message((b"\0" * 300_000, "application", "pdf"), (b"\1" * 90_000, "image", "png"))
    short = without_attachments(raw)
    assert len(short) < 2_000 < len(raw)
    assert WORDS.encode() in short
    assert [p.get_content_type() for p in email.message_from_bytes(short).walk()] == [p.get_content_type() for p in email.message_from_bytes(raw).walk()]
    assert mail_from_bytes(raw).body == mail_from_bytes(short).body


@pytest.mark.parametrize("parts", [[(b"a" * 100, "application", "pdf")], [(b"word " * 9_000, "text", "plain")], []], ids=["small", "text", "none"])
def test_small_ones_and_texts_stay(parts):
    raw = message(*parts)
    assert without_attachments(raw) == raw


def test_a_forwarded_message_stays_however_it_is_encoded():
    part = b"--x\nContent-Type: message/rfc822; name=application/a\nContent-Transfer-Encoding: base64\n\n" + b"QUJD" * 5_000 + b"\n--x--\n"
    raw = b"Content-Type: multipart/mixed; boundary=x\n\n" + part
    assert without_attachments(raw) == raw


@pytest.mark.parametrize("raw", [b"", b"\n--", b"a: b", b"-" * 50_000, b"Content-Type: image/png\nContent-Transfer-Encoding: base64\n\n" + b"QUJD" * 9_000])
def test_any_bytes_come_back_no_longer(raw):
    assert len(without_attachments(raw)) <= len(raw)


def test_the_end_of_a_header():
    assert [end_of_header(raw) for raw in (b"a: b\n\nc", b"a: b\r\n\r\nc", b"a: b", b"")] == [6, 8, -1, -1]
