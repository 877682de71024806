"""Whether to answer a refusal, and a draft where it makes sense: a request for advice, never a demand."""

from __future__ import annotations

import functools
import hashlib
import re
import tomllib
from collections.abc import Sequence
from typing import Any

from refusal_nlp.lexicon.load import read_text
from refusal_nlp.mail.address import takes_no_reply
from refusal_nlp.types import Advice, Facts, FollowUp, Label, Mail, Reason, ReasonCode, Signal, SignalCode


@functools.cache
def wording() -> dict[str, Any]:
    """Return the shipped wording; read once."""
    return tomllib.loads(read_text("followup.toml"))


def suggest(mail: Mail, label: Label, signals: Sequence[Signal], reasons: Sequence[Reason], facts: Facts) -> FollowUp:
    """Suggest how to answer a refusal.

    The same message always gets the same text: the choice between wordings hangs on a digest of its body.

    Parameters
    ----------
    mail : Mail
    label : Label
        One of the three kinds of refusal.
    signals, reasons : sequences
        What was found in it.
    facts : Facts
        The contact is greeted by name; the role is named where known.

    """
    words = wording()
    codes = {s.code for s in signals}
    stated = [r.code for r in reasons]
    advice, why = _advice(mail, codes, stated, facts, label)
    if advice is Advice.DO_NOT_WRITE:
        return FollowUp(advice=advice, why=words["why"][why])
    question = None if advice is Advice.THANK_ONLY else _question(mail, label, codes, stated)
    return FollowUp(advice=advice, why=words["why"][why], question=question, subject=_subject(mail), body=_body(label, codes, stated, facts, question))


def _advice(mail: Mail, codes: set[SignalCode], stated: Sequence[ReasonCode], facts: Facts, label: Label) -> tuple[Advice, str]:
    closed = takes_no_reply(mail.sender) or SignalCode.NO_REPLY in codes
    if closed and facts.contact is None:
        return Advice.DO_NOT_WRITE, "no_address" if takes_no_reply(mail.sender) else "system"
    if SignalCode.FEEDBACK_DECLINED in codes:
        return Advice.THANK_ONLY, "declined"
    if ReasonCode.PROTECTED in stated:
        return Advice.THANK_ONLY, "protected"
    if SignalCode.FEEDBACK_GIVEN in codes:
        return Advice.THANK_ONLY, "given"
    if stated:
        return Advice.ASK, "ask"
    return (Advice.ASK, "kept") if label is Label.KEPT_ON_FILE else (Advice.ASK_GENERAL, "ask_general")


def _question(mail: Mail, label: Label, codes: set[SignalCode], stated: Sequence[ReasonCode]) -> str:
    table = {row["code"]: row["text"] for row in wording()["question"]}
    order = [row["code"] for row in wording()["question"]]
    if stated:
        code = min((str(c) for c in stated if c in table), key=order.index, default=str(label))
    elif label is Label.CATEGORICAL and SignalCode.INTERVIEWED in codes:
        code = "interviewed"
    else:
        code = str(label)
    choices: list[str] = table[code]
    return choices[int(hashlib.sha256(mail.body.encode()).hexdigest(), 16) % len(choices)]


def _subject(mail: Mail) -> str:
    subject = re.sub(r"^(?:\s*(?:re|aw|sv|fwd?|wg)\s*:)+\s*", "", mail.subject or "", flags=re.I).strip()
    return f"Re: {subject}" if subject else "Re: My application"


def _body(label: Label, codes: set[SignalCode], stated: Sequence[ReasonCode], facts: Facts, question: str | None) -> str:
    text = wording()["text"]
    role = f" for the {facts.role} post" if facts.role else ""
    if label is Label.EVASIVE:
        thanks = text["thanks_open"]
    elif SignalCode.INTERVIEWED in codes:
        thanks = text["thanks_interviewed"]
    elif label is Label.KEPT_ON_FILE:
        thanks = text["thanks_kept"]
    else:
        thanks = text["thanks_reason"] if stated else text["thanks_plain"]
    greeting = text["greeting_named"] if facts.contact else text["greeting_plain"]
    parts = [greeting.format(contact=facts.contact), thanks.format(role=role)]
    if question:
        parts.append(text["bridge"].format(question=question))
    parts += [text["wishes"], text["close"]]
    return "\n\n".join(parts)
