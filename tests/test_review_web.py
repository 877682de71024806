"""The labelling page: what it shows, and what it lets in."""

import http.client
import threading
import urllib.parse

import pytest

from refusal_nlp.errors import OutputError
from refusal_nlp.review.candidates import Candidate
from refusal_nlp.review.labels import LabelFile, Session
from refusal_nlp.review.pick import Pick
from refusal_nlp.review.web import HOST, ReviewServer
from refusal_nlp.types import Mail

EVIL = '<script>alert(1)</script> & "quoted" \x1b[2J\x9b2J \u202egnp.exe'


def picks(*bodies):
    return [Pick(candidate=Candidate(mail=Mail(id=str(i), body=body), probabilities=None), why=("for variety",)) for i, body in enumerate(bodies)]


@pytest.fixture
def server(tmp_path):
    session = Session(picks=picks("first", EVIL), labels=LabelFile(tmp_path / "l.jsonl"))
    with ReviewServer(session) as running:
        thread = threading.Thread(target=running.serve_forever)
        thread.start()
        yield running
        running.shutdown()
        thread.join()


def ask(server, method="GET", path=None, form=None, **headers):
    connection = http.client.HTTPConnection(HOST, server.server_address[1], timeout=10)
    body = urllib.parse.urlencode(form) if form is not None else None
    connection.request(method, path or f"/{server.token}/", body, {k.replace("_", "-"): v for k, v in headers.items()})
    answer = connection.getresponse()
    text = answer.read().decode()
    connection.close()
    return answer, text


def test_the_page_is_on_this_machine_only_and_shows_text_only(server):
    assert server.server_address[0] == "127.0.0.1" and len(server.token) >= 32
    server.session.at = 1
    answer, text = ask(server)
    assert answer.status == 200
    assert "<script" not in text and "&lt;script&gt;alert(1)" in text
    assert not {"\x1b", "\x9b", "\u202e"} & set(text)
    assert answer.headers["Content-Security-Policy"].startswith("default-src 'none'")
    assert answer.headers["Cache-Control"] == "no-store" and answer.headers["Referrer-Policy"] == "no-referrer"
    assert "http://" not in text and "https://" not in text and "src=" not in text


def test_without_the_token_or_from_elsewhere_nothing_is_shown_or_written(server):
    for arguments in (
        {"path": "/"},
        {"path": "/wrong/"},
        {"path": f"/{server.token}x/"},
        {"Host": f"evil.example:{server.server_address[1]}"},
        {"Origin": "http://evil.example"},
    ):
        for method, form in (("GET", None), ("POST", {"answer": "evasive", "at": "0"})):
            answer, text = ask(server, method, form=form, **arguments)
            assert answer.status == 404 and "first" not in text
    assert len(server.session.labels) == 0


def test_answers_undo_and_quit(server):
    answer, _ = ask(server, "POST", form={"answer": "categorical", "at": "0"}, Origin=f"http://{HOST}:{server.server_address[1]}")
    assert answer.status == 303 and answer.headers["Location"] == f"/{server.token}/"
    ask(server, "POST", form={"answer": "evasive", "at": "0"})  # a second click on the same page
    ask(server, "POST", form={"answer": "nonsense", "at": "1"})
    assert server.session.at == 1 and len(server.session.labels) == 1
    ask(server, "POST", form={"answer": "undo"})
    assert server.session.at == 0 and len(server.session.labels) == 0
    for at in ("0", "1"):
        ask(server, "POST", form={"answer": "skip", "at": at})
    assert "All 2 are answered" in ask(server)[1]
    answer, text = ask(server, "POST", form={"answer": "quit"})
    assert answer.status == 200 and "labels are kept" in text


def test_a_form_that_is_none_is_refused(server):
    for length in ("99999999", "-1", "x"):
        connection = http.client.HTTPConnection(HOST, server.server_address[1], timeout=10)
        connection.putrequest("POST", f"/{server.token}/")
        connection.putheader("Content-Length", length)
        connection.endheaders()
        assert connection.getresponse().status == 413
        connection.close()
    assert len(server.session.labels) == 0


def test_a_disk_that_is_full_ends_the_page_with_a_word(server, monkeypatch):
    def full(*_):
        raise OutputError("labels.csv: cannot be written: No space left on device")

    monkeypatch.setattr(server.session.labels, "_write", full)
    answer, text = ask(server, "POST", form={"answer": "evasive", "at": "0"})
    assert answer.status == 200 and "No space left" in text and server.fault is not None
