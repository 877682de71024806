import email.message
import pathlib
import sys

import pytest

from conftest import DATA
from refusal_nlp.gate import gate, text_of, words_of
from refusal_nlp.mail import fast
from refusal_nlp.mail.fast import RawMail, quick_text
from refusal_nlp.mail.mbox import raw_messages
from refusal_nlp.training.data import read_examples
from refusal_nlp.types import Label

SAMPLE = pathlib.Path(__file__).parent.parent / "examples" / "sample.mbox"
WORDS = {b"hello", b"grand", b"day"}
MIXED = (
    b'Subject: hello\nContent-Type: multipart/mixed; boundary="x"\n\n--x\nContent-Type: text/plain\n\n%s\n--x\n'
    b"Content-Type: text/html\nContent-Transfer-Encoding: quoted-printable\n\n<style>p {color: red}</style><p>gr=\nand <b>day</b></p>\n--x--\n"
)


def words(raw):
    quick = quick_text(raw)
    return None if quick is None else [words_of(v) for v in quick.versions]


@pytest.mark.parametrize(
    "raw",
    [
        b"Subject: hello\n\ngrand day\n",
        b"Subject: hello\r\nContent-Type: text/plain; charset=iso-8859-1\r\n\r\ngrand\r\nday \xe4\r\n",
        b"X: 1\nSUBJECT:\n hello\nContent-type: TEXT/PLAIN\nContent-Transfer-Encoding: 8BIT\n\ngrand day\n",
        b"Subject: =?utf-8?b?aGVsbG8=?=\n\ngrand day\n",
        b"Subject: hello\nContent-Type: text/plain\nContent-Transfer-Encoding: base64\n\nZ3JhbmQgZGF5Cg==\n",
        b"Subject: hello\nContent-Type: text/plain\nContent-Transfer-Encoding: quoted-printable\n\ngra=\nnd =64ay\n",
        b"Subject: hello\nContent-Type: text/html\n\n<p title='not this'>grand <i>day</i></p><script>nor this</script>\n",
    ],
)
def test_the_words_of_a_message(raw):
    assert words(raw) == [WORDS]
    assert words_of(text_of(RawMail(raw).mail())) == WORDS


def test_html_counts_where_the_plain_text_may_only_stand_in_for_it():
    assert words(MIXED % b"see the other part") == [{b"hello", b"see", b"the", b"other", b"part"}, WORDS]
    assert words(MIXED % (b"long text " * 200)) == [{b"hello", b"long", b"text"}]


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"no header",
        b" leading: space\n\ntext\n",
        b"Subject: empty\n\n\n",
        b"Subject: x\n\nh\0i\n",
        b"Subject: x\nContent-Type: text/plain; charset=utf-16\n\nh i\n",
        b"Subject: x\nContent-Type: text/plain; charset=utf-7\n\nh i\n",
        b"Subject: x\nContent-Type: text/plain\nContent-Transfer-Encoding: base64\n\n*!*\n",
        b"Subject: x\nContent-Type: text/html; charset=no-such\n\n<p>\xff</p>\n",
        b"Subject: x\nContent-Type: message/rfc822\n\nSubject: y\n\ninner\n",
        b"Subject: x\nContent-Type: multipart/mixed; boundary=b\n\n--b\nContent-Type: message/rfc822\n\nSubject: y\n\ninner\n--b--\n",
        b"Subject: x\nContent-Type: multipart/mixed\n\nno boundary\n",
        b"Subject: x\nContent-Type: application/pdf\n\n%PDF\n",
        b"Subject: x\n\n" + b"a" * 2_000_000,
        b"".join(b"Content-Type: multipart/mixed; boundary=b%d\n\n--b%d\n" % (i, i) for i in range(2000)) + b"\nhi\n",
    ],
)
def test_what_is_left_to_the_tolerant_parser(raw):
    assert quick_text(raw) is None


@pytest.mark.parametrize("header", [b"List-Post: <mailto:l@x.example>", b"X-BeenThere: l@x.example", b"Mailing-List: list l@x.example"])
def test_discussion_lists_are_told_from_bulk_mail(header):
    assert quick_text(b"Subject: x\n" + header + b"\n\ntext\n").to_list
    assert not quick_text(b"Subject: x\nList-Unsubscribe: <mailto:l@x.example>\nPrecedence: bulk\n\nList-Post: x\n").to_list


def test_without_the_library_everything_else_goes_to_the_tolerant_parser(monkeypatch):
    monkeypatch.setitem(sys.modules, "fast_mail_parser", None)
    fast._parser.cache_clear()
    try:
        assert words(MIXED % b"x") is None
        assert words(b"Subject: hello\n\ngrand day\n") == [WORDS]
    finally:
        fast._parser.cache_clear()


def test_every_word_of_the_sample_is_seen():
    for raw in raw_messages(SAMPLE):
        quick = quick_text(raw)
        if quick is not None:
            # The signs of quoted lines and of HTML may differ, words may not get lost.
            assert words_of(text_of(RawMail(raw).mail())) <= set().union(*map(words_of, quick.versions))


def as_html(mail):
    paragraphs = "".join(f"<p>{line}</p>" for line in mail.body.replace("&", "&amp;").replace("<", "&lt;").splitlines())
    return f"<html><head><title>x</title></head><body><div>{paragraphs}</div></body></html>"


@pytest.mark.parametrize("encoding", ["8bit", "base64", "quoted-printable", "html"])
def test_refusals_pass_in_whatever_way_they_are_sent(encoding):

    refusals = [e.mail for e in read_examples(DATA) if e.label is not Label.NOT_REFUSAL][::7]
    for mail in refusals:
        message = email.message.EmailMessage()
        message["Subject"] = (mail.subject or "").translate(dict.fromkeys(range(32), " "))
        body = mail.body.encode("utf-8", "replace").decode()
        if encoding == "html":
            message.set_content(as_html(mail), subtype="html", cte="quoted-printable")
        else:
            message.set_content(body, cte=encoding)
        quick = quick_text(message.as_bytes())
        assert quick is not None, mail.id
        assert None in [gate().keeps_out(v, to_list=quick.to_list) for v in quick.versions], mail.id
