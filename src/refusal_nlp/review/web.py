"""The labelling loop as a local page: bound to 127.0.0.1, behind a token, messages as text only, no script."""

from __future__ import annotations

import hmac
import html
import secrets
import threading
import urllib.parse
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from refusal_nlp.errors import OutputError
from refusal_nlp.report.safe import on_screen
from refusal_nlp.review.labels import ANSWERS, Session

HOST = "127.0.0.1"
_LARGEST_FORM = 4096  # bytes; an answer is a few words
_TIMEOUT = 10.0  # seconds for a client that says nothing
_BUTTONS = (
    ("not_refusal", "Not a refusal", "n"),
    ("categorical", "Categorical", "c"),
    ("evasive", "Evasive", "e"),
    ("kept_on_file", "Kept on file", "k"),
    ("skip", "Skip", "s"),
    ("undo", "Undo", "u"),
    ("quit", "Quit, go on later", "q"),
)
_STYLE = """body{font:16px/1.5 system-ui,sans-serif;max-width:48rem;margin:1rem auto;padding:0 1rem;color:#1a1a1a;background:#fff}
pre{white-space:pre-wrap;overflow-wrap:anywhere;font:inherit;border:1px solid #767676;padding:1rem}dt{font-weight:bold}dd{margin:0 0 .5rem}
form{position:sticky;bottom:0;background:#fff;padding:.5rem 0}button{font:inherit;margin:.2rem;padding:.5rem .8rem}
@media(prefers-color-scheme:dark){body,form{background:#1a1a1a;color:#eee}}"""
_HEADERS = {
    "Content-Type": "text/html; charset=utf-8",
    "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "no-store",
}


class ReviewServer(ThreadingHTTPServer):
    """Serves one session; `address` is the page to open, and the only one that answers.

    Parameters
    ----------
    session : Session
    port : int
        0 takes a free one.

    """

    daemon_threads = True

    def __init__(self, session: Session, port: int = 0) -> None:
        self.session = session
        self.token = secrets.token_urlsafe(24)
        self.lock = threading.Lock()  # two windows must not answer at once
        self.fault: OutputError | None = None
        try:
            super().__init__((HOST, port), _Handler)
        except OSError as fault:
            raise OutputError(f"port {port} cannot be used: {fault.strerror or fault}") from fault

    @property
    def address(self) -> str:
        """The page with its token."""
        return f"http://{HOST}:{self.server_address[1]}/{self.token}/"

    def act(self, form: dict[str, str]) -> bool:
        """Carry out an answer; returns whether the session goes on. An answer to another question than the current one is ignored."""
        with self.lock:
            what, session = form.get("answer", ""), self.session
            if what == "quit":
                return False
            if what == "undo":
                session.undo()
            elif what in ANSWERS and session.current is not None and form.get("at") == str(session.at):
                session.answer(what)
            return True

    def page(self) -> str:
        """The current question as HTML; everything of the message is escaped."""
        with self.lock:
            return _page(self.session)


def run_web(session: Session, port: int = 0, announce: Any = print) -> None:
    """Serve until the person quits; raises `OutputError` where the labels cannot be written."""
    with ReviewServer(session, port) as server:
        announce(server.address)
        server.serve_forever()
        if server.fault:
            raise server.fault


class _Handler(BaseHTTPRequestHandler):
    server: ReviewServer
    timeout = _TIMEOUT
    server_version, sys_version = "refusal-nlp", ""

    def do_GET(self) -> None:
        if self._allowed():
            self._send(HTTPStatus.OK, self.server.page())

    def do_POST(self) -> None:
        if not self._allowed():
            return
        length = self.headers.get("Content-Length", "")
        if not length.isdecimal() or int(length) > _LARGEST_FORM:
            self._send(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, "too large")
            return
        form = dict(urllib.parse.parse_qsl(self.rfile.read(int(length)).decode("ascii", "replace")))
        try:
            goes_on = self.server.act(form)
        except OutputError as fault:
            self.server.fault, goes_on = fault, False
        if goes_on:
            self._send(HTTPStatus.SEE_OTHER, "", {"Location": f"/{self.server.token}/"})
        else:
            self._send(HTTPStatus.OK, _document(f"<p>{html.escape(str(self.server.fault or 'Your labels are kept.'))} You can close this page.</p>"))
            threading.Thread(target=self.server.shutdown).start()  # from this thread it would wait for itself

    def _allowed(self) -> bool:
        """Whether the request names our address (a page elsewhere can point its own name here) and carries the token."""
        here = f"{HOST}:{self.server.server_address[1]}"
        origin = self.headers.get("Origin")
        given = self.path.strip("/").encode("utf-8", "replace")
        if (
            self.headers.get("Host") == here
            and origin in {None, "null", f"http://{here}"}  # "null" is what no-referrer makes of our own form
            and hmac.compare_digest(given, self.server.token.encode())
        ):
            return True
        self._send(HTTPStatus.NOT_FOUND, "not found")
        return False

    def _send(self, status: HTTPStatus, text: str, more: dict[str, str] | None = None) -> None:
        data = text.encode("utf-8", "replace")
        self.send_response(status)
        for name, value in {**_HEADERS, **(more or {}), "Content-Length": str(len(data))}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(data)

    def log_message(self, format: str, *args: Any) -> None:
        """Say nothing: the line would hold the token."""


def _page(session: Session) -> str:
    pick = session.current
    at = f'<input type="hidden" name="at" value="{session.at}">'
    names = {"undo", "quit"} if pick is None else {name for name, _, _ in _BUTTONS}
    buttons = "".join(f'<button name="answer" value="{n}" accesskey="{k}">{title} ({k})</button>' for n, title, k in _BUTTONS if n in names)
    form = f'<form method="post" autocomplete="off">{at}{buttons}</form>'
    if pick is None:
        return _document(f"<h1>All {len(session.picks)} are answered</h1>{form}")
    mail = pick.candidate.mail
    head = "".join(
        f"<dt>{name}</dt><dd>{html.escape(on_screen(value))}</dd>"
        for name, value in (
            ("From", mail.sender),
            ("Subject", mail.subject),
            ("Asked because", ", ".join(pick.why)),
        )
        if value
    )
    count = f"{session.at + 1} of {len(session.picks)}"
    return _document(f"<h1>{count}</h1><dl>{head}</dl><pre>{html.escape(on_screen(mail.body))}</pre>{form}")


def _document(content: str) -> str:
    return (
        f'<!doctype html><html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width">'
        f"<title>Label messages</title><style>{_STYLE}</style><main>{content}</main></html>"
    )
