import time

import pytest

from refusal_nlp.mail.charset import decode
from refusal_nlp.mail.mime import mail_from_bytes


@pytest.mark.parametrize(
    ("text", "written", "named"),
    [
        ("Küche", "utf-8", "us-ascii"),
        ("we’re", "cp1252", "us-ascii"),
        ("we’re", "cp1252", "iso-8859-1"),
        ("Łódź", "iso-8859-2", "ISO-8859-2"),
        ("привет", "koi8-r", '"koi8-r"'),
        ("镕", "gb18030", "gb2312"),
        ("①", "cp932", "shift_jis"),
        ("똠", "cp949", "ks_c_5601-1987"),
        ("ğ’", "cp1254", "iso-8859-9"),
        ("Küche", "mac_roman", "x-mac-roman"),
        ("Küche", "utf-7", "unicode-1-1-utf-7"),
    ],
)
def test_charsets_as_mail_programs_read_them(text, written, named):
    assert decode(text.encode(written), named) == (text, None)


def test_one_damaged_place_does_not_spoil_the_rest():
    text, _ = decode("Küche für Zoë".encode() + b" \xc3", "utf-8")
    assert text == "Küche für Zoë \ufffd"


@pytest.mark.parametrize("name", ["zlib", "idna", "punycode", "unicode_escape", "rot13", "hex", "undefined", "x" * 10_000, "../x", "a\0b"])
def test_what_is_no_charset_is_not_run(name):
    start = time.process_time()
    text, remark = decode(b"plain \\x41 words " * 20_000, name)
    assert text.startswith("plain \\x41 words") and remark.startswith("unknown charset") and len(remark) < 80
    assert time.process_time() - start < 1


def test_a_page_tells_its_own_charset():
    page = '<html><head><meta http-equiv="Content-Type" content="text/html; charset=koi8-r"></head><p>привет</p>'.encode("koi8-r")
    assert mail_from_bytes(b"Subject: a\nContent-Type: text/html\n\n" + page).body == "привет"
