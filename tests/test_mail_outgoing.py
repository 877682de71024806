import pytest

from refusal_nlp.mail.mime import mail_from_bytes
from refusal_nlp.mail.outgoing import holds_outgoing, is_outgoing, owners_in
from refusal_nlp.mail.read import read_mailbox
from refusal_nlp.types import Label, Mail


@pytest.mark.parametrize(
    "name",
    ["Sent", "Sent Items", "Sent Mail.mbox", "[Gmail].Sent Mail", "INBOX.Sent", "Gesendete Elemente", "Éléments envoyés", "E\u0301le\u0301ments envoye\u0301s",
     "Elementos enviados", "Drafts", "Entwürfe", "Brouillons", "Borradores", "Outbox", "Sent.mbox.gz"],
)  # fmt: skip
def test_folders_of_what_the_owner_wrote(name):
    assert holds_outgoing(["Mail", name])


@pytest.mark.parametrize("name", ["Inbox", "Jobs", "Posteingang", "sentences.csv", "All mail Including Spam and Trash.mbox", "not sent yet to anybody", ""])
def test_other_folders(name):
    assert not holds_outgoing(["Mail", name])


@pytest.mark.parametrize(
    ("labels", "expected"),
    [
        ("Sent", True), ("Gesendet,Wichtig", True), ("Messages envoyés", True), ("Enviados", True), ("Entwürfe", True), ("Borradores", True),
        ("Inbox,Sent", False), ("Posteingang,Gesendet", False), ("Inbox,Unread", False), ("", False), (None, False),
    ],
)  # fmt: skip
def test_labels_of_gmail(labels, expected):
    assert is_outgoing(labels=labels, sender=None, recipients=None) is expected


def test_encoded_labels():
    assert mail_from_bytes(b"X-Gmail-Labels: =?UTF-8?Q?Entw=C3=BCrfe?=\nSubject: a\n\nhello\n").outgoing


LINE = b"From a@x.example Mon Mar  4 10:00:00 2024\n"
RECEIVED = LINE + b"Delivered-To: ana@brot.example\nFrom: jobs@x.example\nTo: ana@brot.example\nSubject: in\n\nhello\n\n"
SENT = LINE + b"From: Ana <Ana@Brot.example>\nTo: jobs@x.example\nSubject: out\n\nhello\n\n"
TO_ONESELF = LINE + b"From: Ana <ana@brot.example>\nTo: ana@brot.example\nSubject: kept\n\nhello\n\n"


def test_the_owner_is_told_by_where_mail_was_delivered(tmp_path):
    path = tmp_path / "all.mbox"
    path.write_bytes(RECEIVED * 6 + SENT + TO_ONESELF)
    assert [m.subject for m in read_mailbox(path) if m.outgoing] == ["out"]
    path.write_bytes(RECEIVED * 2 + SENT)  # too few to tell
    assert not any(m.outgoing for m in read_mailbox(path))


def test_a_mailbox_of_many_people_has_no_owner():
    assert owners_in(b"".join(b"Delivered-To: a%d@x.example\n" % (i % 3) for i in range(30))) == frozenset()
    assert owners_in(b"Delivered-To: mailing list dev@x.example\n" * 30) == frozenset()


def test_sent_mail_is_never_a_refusal(reader):
    body = "Thank you for your offer, but the position has been filled. We will not be taking your application further."
    received, sent = reader.read_many([Mail(body=body), Mail(body=body, outgoing=True)])
    assert received.is_refusal
    assert sent.label is Label.NOT_REFUSAL and sent.confidence == 1 and not sent.needs_review and not sent.reasons
