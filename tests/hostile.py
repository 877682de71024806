"""Messages made to cost time, memory or trust: one per name, generated, none taken from anywhere."""

from __future__ import annotations

import base64
import random
from collections.abc import Iterator

HEAD = b"From: Ana Ruiz <ana@brot.example>\nTo: bo@x.example\nSubject: Hello\nMessage-ID: <1@brot.example>\nDate: Mon, 4 Mar 2024 10:00:00 +0100\n"
BODY = b"\nThank you for applying. The post has been filled.\n"
LEAF = b"--b\nContent-Type: text/plain\n\nThe post has been filled.\n"
MIXED = HEAD + b'Content-Type: multipart/mixed; boundary="b"\n\n'
CODECS = (
    "zlib base64 hex rot13 bz2 uu quopri idna punycode unicode_escape raw_unicode_escape undefined mbcs utf-7 utf-32 utf-16 cp037 hz iso-2022-jp gb2312".split()
)


def messages() -> Iterator[tuple[str, bytes]]:
    """Yield every hostile message with its name."""
    yield from _structure()
    yield from _headers()
    yield from _charsets()
    yield from _markup()
    yield from _text()
    yield from _damage()


def _structure() -> Iterator[tuple[str, bytes]]:
    yield "100000 parts", MIXED + LEAF * 100_000 + b"--b--\n"
    yield "100000 empty parts", MIXED + b"--b\n\n" * 100_000
    yield "300000 delimiters", MIXED + b"--b\n" * 300_000
    yield "no closing delimiter", MIXED + LEAF
    yield "delimiter never used", MIXED + BODY * 20_000
    for depth in (50, 99, 500, 10_000):
        nested = HEAD + b"".join(b'Content-Type: multipart/mixed; boundary="b%d"\n\n--b%d\n' % (i, i) for i in range(depth))
        yield f"multipart nested {depth} deep", nested + BODY
        yield f"multipart nested {depth} deep above many lines", nested + b"x\n" * 300_000
        yield f"message in message {depth} deep", HEAD + b"Content-Type: message/rfc822\n\n" * depth + BODY
    yield "the same boundary nested", HEAD + b'Content-Type: multipart/mixed; boundary="b"\n\n--b\n' * 3000
    yield "boundary of 100 kB", HEAD + b'Content-Type: multipart/mixed; boundary="' + b"b" * 100_000 + b'"\n\n--' + b"b" * 100_000 + b"\n\nx\n"
    yield "boundary of special signs", HEAD + b'Content-Type: multipart/mixed; boundary="(((((a+)+)+)+)+)+$"\n\n--(((((a+)+)+)+)+)+$\n\n' + BODY
    yield "empty boundary", HEAD + b'Content-Type: multipart/mixed; boundary=""\n\n' + b"--\n" * 50_000
    yield "multipart without boundary", HEAD + b"Content-Type: multipart/mixed\n\n" + LEAF
    yield "multipart in base64", HEAD + b'Content-Type: multipart/mixed; boundary="b"\nContent-Transfer-Encoding: base64\n\n' + LEAF
    yield "digest", HEAD + b'Content-Type: multipart/digest; boundary="b"\n\n' + b"--b\n\nSubject: a\n\nhello\n" * 5000
    yield "external body", HEAD + b'Content-Type: message/external-body; access-type=local-file; name="/etc/passwd"\n\n' + BODY
    yield "partial message", HEAD + b'Content-Type: message/partial; id="a"; number=1; total=99999\n\n' + BODY
    yield "delivery status", HEAD + b"Content-Type: message/delivery-status\n\n" + b"Action: failed\n\n" * 50_000


def _headers() -> Iterator[tuple[str, bytes]]:
    yield "subject of 2 MB", b"Subject: " + b"x" * 2_000_000 + b"\n" + HEAD + BODY
    yield "subject folded 200000 times", b"Subject: a\n" + b" b\n" * 200_000 + HEAD + BODY
    yield "20000 addresses", b"To: " + b", ".join(b'"Ana %d" <a%d@x.example>' % (i, i) for i in range(20_000)) + b"\n" + HEAD + BODY
    yield "20000 senders", b"From: " + b", ".join(b'"Ana %d" <a%d@x.example>' % (i, i) for i in range(20_000)) + b"\n" + BODY
    yield "100000 headers", b"".join(b"X-%d: a\n" % i for i in range(100_000)) + HEAD + BODY
    yield "100000 received", b"Received: from a by b; Mon, 4 Mar 2024 10:00:00 +0100\n" * 100_000 + HEAD + BODY
    yield "100000 content types", b"Content-Type: text/plain\n" * 100_000 + HEAD + BODY
    yield "10000 encoded words", b"Subject: " + b" ".join([b"=?utf-8?q?a?="] * 10_000) + b"\n" + BODY
    yield "broken encoded words", b"Subject: " + b"=?" * 50_000 + b"\n" + BODY
    yield "encoded word of 1 MB", b"Subject: =?utf-8?b?" + base64.b64encode(b"a" * 1_000_000) + b"?=\n" + BODY
    yield "encoded word with a codec", b"Subject: =?zlib?b?eJxLTEoGAAJNASc=?=\n" + BODY
    yield "encoded word of wrong length", b"Subject: =?utf-8?b?eJxust/arLTEoGAAJNASc=?=\n" + BODY
    yield "encoded word with line ends", b"Subject: =?utf-8?q?a=0D=0ABcc:_evil@x.example?=\n" + BODY
    yield "line ends and NULs in headers", b"Subject: a\rBcc: evil@x.example\r\0b\n" + HEAD + BODY
    yield "100000 parameters", HEAD + b"Content-Type: text/plain" + b"; a=b" * 100_000 + b"\n" + BODY
    yield "parameters in quotes", HEAD + b'Content-Type: multipart/mixed; a="' + b'\\";' * 100_000 + b"\n" + BODY
    yield "continued parameters", HEAD + b"Content-Type: text/plain" + b"".join(b"; charset*%d*=%%61" % i for i in range(20_000)) + b"\n" + BODY
    yield "parentheses in the sender", b"From: " + b"(" * 100_000 + b"\n" + BODY
    yield "brackets in the sender", b"From: " + b"<" * 100_000 + b"a@x.example\n" + BODY
    yield "quotes in the sender", b'From: "' + b'\\"' * 100_000 + b"\n" + BODY
    yield "commas in the sender", b"From: " + b"," * 100_000 + b"\n" + BODY
    yield "a group of senders", b"From: " + b"a:" * 30_000 + b"\n" + BODY
    yield "date of digits", b"Date: " + b"9" * 100_000 + b"\n" + BODY
    yield "date out of range", b"Date: Mon, 99 Xxx 99999 99:99:99 +9999999\n" + BODY
    yield "date of year 0", b"Date: Mon, 1 Jan 0000 00:00:00 +2359\n" + BODY
    yield "message id of 1 MB", b"Message-ID: <" + b"a" * 1_000_000 + b">\n" + BODY
    yield "headers only", HEAD * 1000
    yield "header without colon", b"no colon here\n" * 1000 + HEAD + BODY
    yield "bytes above 127", b"Subject: " + bytes(range(128, 256)) * 2000 + b"\nFrom: " + bytes(range(128, 256)) + b"\n" + BODY
    yield "bidi and terminal codes", "Subject: \u202egnp.exe \x1b[31m\x9b2J \u2066 x\nFrom: \x1b]0;title\x07 <a@x.example>\n".encode() + BODY


def _charsets() -> Iterator[tuple[str, bytes]]:
    for name in CODECS:
        yield (
            f"charset {name}",
            HEAD + b"Content-Type: text/plain; charset=" + name.encode() + b"\n\n" + b"The post-abc is +AGE- filled =41 xn--a-bcd ~{ \\x41 " * 4000,
        )
    yield "charset of 1 MB", HEAD + b"Content-Type: text/plain; charset=" + b"u" * 1_000_000 + b"\n" + BODY
    yield "charset as a path", HEAD + b"Content-Type: text/plain; charset=../../etc/passwd\n" + BODY
    yield "charset of no name", HEAD + b'Content-Type: text/plain; charset=""\n' + BODY
    yield "meta charset", HEAD + b"Content-Type: text/html\n\n<meta charset=idna>" + b"a" * 500_000


def _encoded(kind: bytes, name: bytes, content: bytes) -> bytes:
    return HEAD + b"Content-Type: " + kind + b"\nContent-Transfer-Encoding: " + name + b"\n\n" + content


def _damage() -> Iterator[tuple[str, bytes]]:
    noise = random.Random(5).randbytes(300_000)
    yield "nothing but NULs", b"\0" * 300_000
    yield "NULs in the text", HEAD + b"\nThe post\0 has been\0 filled." + b"\0" * 300_000
    yield "noise", noise
    yield "noise as a body", HEAD + b"\n" + noise
    yield "noise as headers", b"Subject: " + noise
    yield "lone carriage returns", (HEAD + BODY).replace(b"\n", b"\r") * 1000
    yield "a leading space", b" " + HEAD + BODY
    yield "empty", b""
    yield "one byte", b"\n"
    for name in (b"base64", b"quoted-printable", b"x-uuencode", b"uuencode", b"8bit", b"gzip", b"x" * 5000):
        yield f"noise said to be {name[:20].decode()}", _encoded(b"text/plain", name, noise)
    yield "base64 without end", _encoded(b"text/plain", b"base64", b"A" * 3_000_000)
    yield "base64 of wrong length", _encoded(b"text/plain", b"base64", b"VGhlIHBvc3QgaGFzIGJlZW4gZmlsbGVkLg")
    yield "quoted-printable of equal signs", _encoded(b"text/plain", b"quoted-printable", b"=" * 1_000_000)
    yield "uuencode without end", _encoded(b"text/plain", b"x-uuencode", b"begin 644 a\n" + b"M" * 60 * 5000)
    yield (
        "attachment of 30 MB",
        MIXED + LEAF + b"--b\nContent-Type: application/pdf\nContent-Transfer-Encoding: base64\n\n" + (b"A" * 76 + b"\n") * 400_000 + b"--b--\n",
    )
    yield "attachment of 30 MB in short lines", MIXED + LEAF + b"--b\nContent-Type: application/pdf\n\n" + b"A\n" * 15_000_000 + b"--b--\n"
    yield "attachment of 30 MB above the text", MIXED + b"--b\nContent-Type: image/png\n\n" + (b"A" * 76 + b"\r\n") * 400_000 + LEAF + b"--b--\n"


def _html(content: bytes) -> bytes:
    return HEAD + b"Content-Type: text/html; charset=utf-8\n\n" + content


def _markup() -> Iterator[tuple[str, bytes]]:
    text = b"The post has been filled."
    for tag in (
        b"div",
        b"b",
        b"table><tr><td",
        b"blockquote",
        b"span",
        b"a",
        b"svg><g",
        b"template",
        b"select",
        b"font color=red",
        b"ul><li",
        b"object",
        b"x-y",
    ):
        yield f"50000 nested {tag.decode()}", _html(b"<" + tag + b">") + (b"<" + tag + b">") * 50_000 + text
    yield "50000 nested and closed", _html(b"<div>" * 50_000 + text + b"</div>" * 50_000)
    yield "100000 attributes", _html(b"<p " + b" ".join(b"a%d=1" % i for i in range(100_000)) + b">" + text)
    yield "100000 attributes in quotes", _html(b"<p " + b" ".join(b'a%d=">"' % i for i in range(100_000)) + b">" + text)
    yield "attribute of 2 MB", _html(b'<p title="' + b"x" * 2_000_000 + b'">' + text)
    yield "style of 1 MB", _html(b'<p style="' + b"display:" * 120_000 + b'">' + text)
    yield "200000 line breaks", _html(b"<br>" * 200_000 + text)
    yield "200000 empty paragraphs", _html(b"<p></p>" * 200_000 + text)
    yield "unclosed comment", _html(text + b"<!--" * 200_000)
    yield "unclosed tags", _html(text + b"<" * 500_000)
    yield "unclosed quotes", _html(text + b'<a b="' * 100_000)
    yield "entities", _html(b"&amp;&#1234567890;&#x110000;&notit;" * 20_000 + text)
    yield "formatting that is opened anew", _html(b"".join(b"<font c=%d>" % i for i in range(900)) + b"<p>x" * 900 + text)
    yield "a page within pages", _html(b"<html><body>" * 20_000 + text)
    yield "a table of one cell a row", _html(b"<table>" + b"<tr><td>a" * 60_000 + b"</table>" + text)
    yield "spaces that do not break", _html(b"&nbsp;" * 200_000 + text)
    yield "markup in a plain part", HEAD + b"\n<html>" + b"<div>" * 50_000 + text


def _text() -> Iterator[tuple[str, bytes]]:
    head = HEAD + b"Content-Type: text/plain; charset=utf-8\n\n"
    for name, unit, number in (
        ("one word", b"a", 2_000_000), ("spaces", b" ", 1_000_000), ("line ends", b"\n", 1_000_000), ("tabs", b"\t", 500_000), ("parentheses", b"(", 500_000),
        ("full stops", b".", 500_000), ("quotes", b"> ", 200_000), ("quoted lines", b"> x\n", 200_000), ("dashes", b"-", 500_000), ("dash lines", b"-- \n", 200_000),
        ("underscores", b"_", 500_000), ("attributions", b"On 3 May Ana wrote\n", 50_000), ("attributions without end", b"On On On ", 100_000),
        ("headers", b"From: a\nSent: b\nTo: c\n", 50_000), ("footers", b"unsubscribe this e-mail is ", 50_000), ("forwards", b"---------- Forwarded message ---------\n", 30_000),
        ("at signs", b"a@", 300_000), ("links", b"http://a.b/", 100_000), ("digits", b"9", 500_000), ("apostrophes", b"'", 500_000), ("combining marks", "a\u0301\u0300".encode(), 100_000),
        ("words", b"position filled candidate experience ", 50_000), ("sentences", b"The post has been filled. ", 50_000), ("bullets", b"- a\n", 200_000),
        ("right to left", "\u202e\u202d".encode(), 100_000), ("surrogates", b"\xed\xa0\x80", 100_000), ("emoji", "👩‍👩‍👧".encode(), 50_000), ("short words", b"a b ", 300_000),
    ):  # fmt: skip
        yield f"text of {name}", head + unit * number
    yield "letters without words between", head + "ＴｈｅｐｏｓｔｈａｓＢｅｅｎ".encode() * 20_000
