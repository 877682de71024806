import pytest

from refusal_nlp.mail import mbox
from refusal_nlp.mail.mbox import is_boundary, is_expunged, raw_messages, starts_mbox

LINE = b"From ana@brot.example Mon Mar  4 10:00:00 2024\n"
ONE = b"From: a@x.example\nSubject: one\n\nfirst\n"
TWO = b"From: b@x.example\nSubject: two\n\nsecond\n"


def split(tmp_path, content):
    path = tmp_path / "box"
    path.write_bytes(content)
    return list(raw_messages(path))


@pytest.mark.parametrize(
    "line",
    [
        LINE,
        b"From 1712345678901234567@xxx Mon Mar 04 10:00:00 +0000 2024\n",  # Google Takeout
        b"From - Mon Mar 04 10:00:00 2024\r\n",  # Thunderbird
        b"From MAILER-DAEMON Mon Mar  4 10:00:00 2024\n",  # Apple Mail, mutt
        b'From "ana ruiz"@brot.example  Mon Mar  4 10:00 EST 2024\n',
        b"From ana@brot.example Mon Mar  4 10:00:00 2024 remote from brot\n",
        b"From \n",
        b"From -\r\n",
        b"From ana@brot.example\n",
    ],
)
def test_lines_that_start_a_message(line):
    assert is_boundary(b"x\n\n", line, b"Subject: one\nTo: me\n\n")
    assert is_boundary(b"", line, b"X-GM-THRID: 17\nX-Gmail-Labels: Inbox\n")
    assert not is_boundary(b"x\n\n", line, b"It rained all day.\n")


@pytest.mark.parametrize(
    ("line", "after"),
    [
        (b"From the bakery we walked home.\n", b"It rained.\n"),
        (b"From now on:\n", b"Note: we close at noon.\n"),
        (b"From Ana\n", b"Date: unknown\nand nobody asked.\n"),
        (b"From Monday to Friday 10:00 to 12:00 in 2024\n", b"Opening: by the side door\n"),
    ],
)
def test_lines_that_start_none(line, after):
    assert not is_boundary(b"\n\n", line, after)


def test_only_a_dated_line_may_follow_text():
    assert is_boundary(b"x\n", LINE, ONE)
    assert not is_boundary(b"x\n", b"From ana@brot.example\n", ONE)


@pytest.mark.parametrize("between", [b"\n", b"", b"\n\n"])
@pytest.mark.parametrize("line_end", [b"\n", b"\r\n"])
@pytest.mark.parametrize("start", [b"", b"\xef\xbb\xbf", b"\n\n"])
def test_every_dialect_gives_both(tmp_path, between, line_end, start):
    content = start + (LINE + ONE + between + LINE + TWO.rstrip()).replace(b"\n", line_end)
    assert [raw.splitlines()[1] for raw in split(tmp_path, content)] == [b"Subject: one", b"Subject: two"]
    assert starts_mbox(content)


def test_escapes_of_mboxo_and_mboxrd(tmp_path):
    (raw,) = split(tmp_path, LINE + ONE + b">From here\n>>From there\n")
    assert raw.endswith(b"\nFrom here\n>From there\n")


INNER = b"first\n\n" + LINE + b"Subject: inner\n\nan mbox within a message\n>From me\n"


@pytest.mark.parametrize("gap", [b"\n", b""])
def test_content_length_of_mboxcl2(tmp_path, gap):
    head = b"Subject: outer\nContent-Length: %d\n\n" % len(INNER)
    raws = split(tmp_path, LINE + head + INNER + gap + LINE + TWO)
    assert len(raws) == 2
    assert raws[0].rstrip() == (head + INNER).rstrip()  # and nothing unescaped: this dialect escapes nothing


@pytest.mark.parametrize("length", [0, 3, 40, 10**11])
def test_a_wrong_content_length_is_not_believed(tmp_path, length):
    head = b"Subject: outer\nContent-Length: %d\n\nfirst\n\n" % length
    assert len(split(tmp_path, LINE + head + LINE + TWO)) == 2


def test_a_content_length_inside_the_body_means_nothing(tmp_path):
    body = b"Subject: a\n\nContent-Length: 12\n\n"
    assert len(split(tmp_path, LINE + body + LINE + TWO)) == 2


@pytest.mark.parametrize(("status", "deleted"), [(b"0009", True), (b"0008", True), (b"0001", False), (b"1000", False), (b"zzzz", False)])
def test_deleted_messages_of_thunderbird_stay_out(tmp_path, status, deleted):
    flagged = b"X-Mozilla-Status: " + status + b"\nX-Mozilla-Status2: 00000000\n" + ONE
    assert is_expunged(flagged) is deleted
    assert len(split(tmp_path, LINE + flagged + b"\n" + LINE + TWO)) == 2 - deleted
    assert not is_expunged(ONE + b"\nX-Mozilla-Status: 0008\n")


def test_no_message(tmp_path):
    assert split(tmp_path, b"") == []
    assert split(tmp_path, b"From here to there is a long way.\nIt is.\n") == []


@pytest.mark.parametrize("window", [40, 1000, 16_000_000])
def test_ranges_that_meet_share_no_message_and_leave_none_out(tmp_path, monkeypatch, window):
    monkeypatch.setattr(mbox, "_WINDOW", window)
    path = tmp_path / "box"
    line = b"From ana@brot.example Mon Mar  4 10:00:00 2024\n"
    path.write_bytes(b"".join(line + b"Subject: %d\n\n" % i + b"text\nFrom here on\n" * (i % 5) + b"\n" for i in range(40)))
    size = path.stat().st_size
    whole = list(mbox.raw_messages(path))
    assert len(whole) == 40
    for step in (1, 7, 64, 333, size):
        cut = [raw for start in range(0, size, step) for raw in mbox.raw_messages(path, start, start + step)]
        assert cut == whole
        if step == 1:
            monkeypatch.setattr(mbox, "_WINDOW", max(window, 1000))
