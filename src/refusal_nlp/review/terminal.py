"""The labelling loop in a terminal: one key a label."""

from __future__ import annotations

import os
import select
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.rule import Rule
from rich.text import Text

from refusal_nlp.report.safe import on_screen
from refusal_nlp.review.labels import Session
from refusal_nlp.training.mapping import SKIP
from refusal_nlp.types import Label

KEYS = {"n": Label.NOT_REFUSAL, "c": Label.CATEGORICAL, "e": Label.EVASIVE, "k": Label.KEPT_ON_FILE, "s": SKIP}
UNDO, QUIT, MORE = "u", "q", "m"
_HELP = "n not a refusal   c categorical   e evasive   k kept on file   s skip   u undo   m whole message   q quit (go on later)"
_SHOWN = 3000  # characters of a message on the first screen
_BURST = 0.02  # seconds within which the rest of a key's characters follow
_GONE = {"", "\x03", "\x04"}  # end of input, Ctrl-C, Ctrl-D


def run_terminal(session: Session, console: Console, key: Callable[[], str] | None = None) -> None:
    """Ask about one message after the other until all are answered or the person quits.

    Parameters
    ----------
    session : Session
    console : rich.console.Console
    key : callable, optional
        Returns one key; default: from the keyboard.

    """
    if key is None:
        with keys() as pressed:
            _loop(session, console, pressed)
    else:
        _loop(session, console, key)


def _loop(session: Session, console: Console, key: Callable[[], str]) -> None:
    whole = False
    while session.current is not None:
        _show(session, console, whole=whole)
        pressed = key().lower()
        whole = pressed == MORE
        if pressed in _GONE or pressed == QUIT:
            return
        if pressed in KEYS:
            session.answer(str(KEYS[pressed]))
        elif pressed == UNDO:
            if not session.undo():
                console.print("nothing to take back")
        elif not whole:
            console.print(_HELP)


@contextmanager
def keys() -> Iterator[Callable[[], str]]:
    """Give a function that returns one key without waiting for Enter; from a pipe, one character that is no white space."""
    if not sys.stdin.isatty():
        yield _piped_key
        return
    try:
        import termios
        import tty
    except ImportError:  # Windows
        import msvcrt

        yield msvcrt.getwch  # type: ignore[attr-defined, unused-ignore]
        return
    number = sys.stdin.fileno()
    before = termios.tcgetattr(number)
    try:
        tty.setcbreak(number, termios.TCSADRAIN)  # the default would throw away what was typed ahead
        yield lambda: _terminal_key(number)
    finally:
        termios.tcsetattr(number, termios.TCSADRAIN, before)


def _piped_key() -> str:
    while (key := sys.stdin.read(1)) and key.isspace():
        pass
    return key


def _terminal_key(number: int) -> str:
    key = os.read(number, 1)
    # an arrow key sends ESC [ C: its last letter must not be taken for an answer
    while key.startswith(b"\x1b") and select.select([number], [], [], _BURST)[0]:
        key += os.read(number, 1)
        if (len(key) > 2 and key[-1:].isalpha()) or key[-1:] == b"~":
            break
    return key.decode("ascii", "replace")


def _show(session: Session, console: Console, *, whole: bool) -> None:
    pick = session.current
    mail = pick.candidate.mail
    console.print(Rule(f"{session.at + 1} of {len(session.picks)}, {len(session.labels)} answered in this file"))
    for name, value in (("from", mail.sender), ("subject", mail.subject)):
        if value:
            console.print(Text(f"{name}: {on_screen(value)}", style="bold"))
    body = on_screen(mail.body)
    # Text, not markup: nothing in a stranger's mail steers the terminal
    console.print(Text(body if whole else body[:_SHOWN]))
    if len(body) > _SHOWN and not whole:
        console.print(Text(f"... {len(body) - _SHOWN} more characters: m", style="italic"))
    console.print(Text(f"\nasked because: {', '.join(pick.why)}", style="dim"))
    console.print(Text(_HELP))
