import pickle

from refusal_nlp.cascade import LazyReader, Options, error_item, judge, sift
from refusal_nlp.mail.fast import RawMail
from refusal_nlp.types import Mail

REFUSAL = RawMail(b"Subject: Your application\n\nThank you for applying. Unfortunately we have decided to offer the position to another candidate.\n")
EVERYDAY = RawMail(
    b"Subject: [PATCH] fix\n\nThe list of files in the kernel tree is the same as in the last release, so the second hunk of the patch does not apply to it.\n"
)
UNREADABLE = Mail(body="", id="x", error="broken")


def test_what_passes_stays_a_message_and_what_is_kept_out_becomes_a_row():
    passed, kept, unread = sift([REFUSAL, EVERYDAY, UNREADABLE], Options(), "model 1").rows
    assert isinstance(passed, Mail) and passed.subject == "Your application"
    assert (kept["label"], kept["model"], kept["subject"]) == ("not_refusal", "model 1", "[PATCH] fix")
    assert unread is UNREADABLE  # of what cannot be read, the gate cannot know


def test_rows_that_nobody_wants_are_not_made():
    assert sift([EVERYDAY], Options(everything=False), "m").rows == [None]
    assert isinstance(sift([EVERYDAY], Options(thorough=True), "m").rows[0], Mail)


def test_parts_that_are_judged_together_keep_their_messages(reader):
    several = [sift(items, Options(everything=False), "m") for items in ([EVERYDAY, REFUSAL], [EVERYDAY], [REFUSAL, UNREADABLE, REFUSAL])]
    parts = judge(reader, several)
    assert [p.read for p in parts] == [2, 1, 3]
    assert [[r["label"] for r in p.rows] for p in parts] == [["categorical"], [], ["categorical", None, "categorical"]]
    assert parts[2].rows[1]["error"] == "broken"
    assert judge(reader, []) == []


def test_a_lazy_reader_is_loaded_once_and_travels_unloaded():
    lazy = LazyReader(list)
    first = lazy()
    first.append("loaded")
    assert lazy() is first
    assert pickle.loads(pickle.dumps(lazy))() == []  # noqa: S301 - our own


def test_a_path_that_cannot_be_read_is_a_message_with_an_error():
    assert error_item("a/b.mbox", "gone") == Mail(body="", id="b.mbox", source="a/b.mbox", error="gone")
