"""What to advise after a refusal, and the draft of a reply."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from refusal_nlp.followup.politeness import wording_faults
from refusal_nlp.followup.recipient import Recipient, Register, find_recipient, matches, register_of
from refusal_nlp.followup.wording import Wording, shipped_wording
from refusal_nlp.lexicon.load import rules
from refusal_nlp.mail.zones import zones
from refusal_nlp.types import Advice, Facts, FollowUp, Label, Mail, Reason, ReasonCode, Signal, SignalCode, Stage

# Of several stated reasons the one that a question can best be hung on: a lower rank comes first, of equal ranks what is said first.
_VAGUE = {ReasonCode.REQUIREMENTS: 1, ReasonCode.FIT: 1, ReasonCode.INTERNAL_CANDIDATE: 2, ReasonCode.FILLED: 2, ReasonCode.CANCELLED: 2}
_FORMULA = {ReasonCode.OTHER_CANDIDATE: 3, ReasonCode.VOLUME: 4}
_BARE_WORDS = 25  # a notice without a sender, a greeting or a reason that is shorter than this comes from no person
_TITLE = re.compile(r"^(?:Dr|Mr|Mrs|Ms|Miss|Prof|Professor)\.?\s", re.I)
_COUNTS_AS_ROLE = re.compile(
    r"\b(?:role|position|post|job|internship|apprenticeship|program(?:me)?|fellowship|traineeship|placement|residency|vacancy)\W*$", re.I
)
_PLAIN_ROLE = re.compile(r"[\w'’&/.,+# -]{3,50}")
_PLAIN_COMPANY = re.compile(r"[^\W_][\w'’&/.,+() -]{1,49}")
_PLAIN_PERSON = re.compile(r"[^\W\d_][\w'’.-]*(?: [\w'’.-]+){0,4}")
_LEGAL_FORM = re.compile(r",? (?:Inc|LLC|Ltd|Limited|GmbH|LP|Corp|plc|AG)\b\.?$")  # nobody greets "the Brot GmbH team"
_TOPIC_WORDS = 5
_BEFORE = "_before"  # of a rule whose topic stands before the word: "Java experience", for "experience with Java"
_ROLE_WORDS = 4
_COMPANY_WORDS = 3
_BLANK = re.compile(r"[{}]|\[[^]]*(?:name|role|position|title|company|job)[^]]*\]|<[^>]*>", re.I)
_REPLY_MARKS = re.compile(r"^(?:\s*(?:re|aw|sv|fwd?|wg|antw|tr|rv)(?:\[\d+\])?\s*:)+\s*", re.I)
_LONGEST_SUBJECT = 150  # characters


def suggest(mail: Mail, label: Label, signals: Sequence[Signal], reasons: Sequence[Reason], facts: Facts, wording: Wording | None = None) -> FollowUp:
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
        The contact is greeted by name; role and company are named where known; the stage tells what to thank for.
    wording : Wording, optional
        Default: that of the package.

    """
    words = wording or shipped_wording()
    text = _unquoted(mail)
    codes = {s.code for s in signals}
    to = find_recipient(mail, text, facts.contact, says_no_reply=SignalCode.NO_REPLY in codes)
    advice, why = _advice(mail, text, label, codes, reasons, facts, to)
    explained = words.pick("why", [why], {"to": to.send_to}, "")
    if advice is Advice.DO_NOT_WRITE:
        return FollowUp(advice=advice, why=explained)
    case = _Case(
        words=words,
        label=label,
        codes=codes,
        why=why,
        reason=_carrying(label, reasons),
        stage=facts.stage,
        names=_names(facts, reasons),
        register=register_of(text),
        seed=f"{mail.subject}\n{mail.body}",
    )
    question = None if advice is Advice.THANK_ONLY else case.say("question", *_question_keys(label, codes, reasons, facts.stage))
    return FollowUp(advice=advice, why=explained, question=question, subject=_subject(mail, words), body=_body(case, question), send_to=to.send_to)


def _unquoted(mail: Mail) -> str:
    cuts = [z for z in zones(mail.body, mail.subject) if z.kind == "quoted"]
    return mail.body[: cuts[0].start] if cuts and mail.body[: cuts[0].start].strip() else mail.body


def _advice(mail: Mail, text: str, label: Label, codes: set[SignalCode], reasons: Sequence[Reason], facts: Facts, to: Recipient) -> tuple[Advice, str]:
    """Return the advice and the key of its explanation."""
    if to.closed and not to.send_to:
        return Advice.DO_NOT_WRITE, to.closed
    bare = len(text.split()) < _BARE_WORDS and not (mail.sender or to.send_to or reasons or facts.stage)
    if bare and label is Label.CATEGORICAL:
        return Advice.DO_NOT_WRITE, "nothing_to_gain"
    if any(r.code is ReasonCode.PROTECTED for r in reasons):
        return Advice.THANK_ONLY, "protected"
    for code, key in ((SignalCode.FEEDBACK_DECLINED, "declined"), (SignalCode.FEEDBACK_GIVEN, "given")):
        if code in codes:
            return Advice.THANK_ONLY, key
    if matches("feedback_given", text):
        return Advice.THANK_ONLY, "given"
    advice, why = Advice.ASK, "ask"
    if SignalCode.FEEDBACK_OFFERED in codes:
        why = "offered"
    elif label is not Label.CATEGORICAL and not _carrying(label, reasons):
        why = "kept" if label is Label.KEPT_ON_FILE else "evasive"
    elif not reasons and facts.stage in {Stage.INTERVIEWED, Stage.TESTED}:
        why = "interviewed"
    elif not reasons:
        advice, why = Advice.ASK_GENERAL, "ask_general"
    elif all(r.code in _FORMULA for r in reasons):
        why = "formula"
    return advice, "other_address" if to.closed else why


def _rank(reason: Reason) -> int:
    return (_VAGUE | _FORMULA).get(reason.code, 0)


def _carrying(label: Label, reasons: Sequence[Reason]) -> Reason | None:
    """The reason that a question is hung on: with an open door, what lies with the employer carries none."""
    usable = [r for r in reasons if r.code is not ReasonCode.PROTECTED and (label is Label.CATEGORICAL or r.side == "candidate")]
    return min(usable, key=_rank, default=None)


def _question_keys(label: Label, codes: set[SignalCode], reasons: Sequence[Reason], stage: Stage | None) -> list[str]:
    """Keys of the question, the most telling first."""
    if SignalCode.FEEDBACK_OFFERED in codes:
        return ["offered"]
    reason = _carrying(label, reasons)
    if label is Label.EVASIVE and any(r.code is ReasonCode.CANCELLED for r in reasons):
        return ["cancelled_evasive", "evasive"]
    code = str(reason.code if reason else label)
    keys = [code]
    if stage in {Stage.INTERVIEWED, Stage.TESTED}:
        keys.insert(0, f"{code}_{stage}")
    if reason and _topic(reason):
        keys.insert(0, f"{code}_topic")
    if reason and reason.code is ReasonCode.SALARY and re.search(r"\d", reason.quote):
        keys.insert(0, f"{code}_known")
    return keys


def _topic(reason: Reason) -> str | None:
    """What the reason names: "with hospital data", "Python"; None where it names nothing that can be put into a question."""
    for rule in rules("topics.toml"):
        if rule.code.removesuffix(_BEFORE) == reason.code and (match := rule.pattern.search(reason.quote)):
            topic = " ".join(match["span"].split())
            if rule.code.endswith(_BEFORE):
                topic = f"with {topic}"
            return None if wording_faults(topic) or len(topic.split()) > _TOPIC_WORDS else topic
    return None


def _names(facts: Facts, reasons: Sequence[Reason]) -> dict[str, str | None]:
    """What may stand for the placeholders; a name that would spoil a sentence is left out."""
    contact: str | None = " ".join((facts.contact or "").split())
    if not contact or not _PLAIN_PERSON.fullmatch(contact):
        contact = None
    first = None
    if contact:
        first = contact if _TITLE.match(contact) else contact.split()[0]
    company = _LEGAL_FORM.sub("", " ".join((facts.company or "").split()))
    if len(company.split()) > _COMPANY_WORDS or not _PLAIN_COMPANY.fullmatch(company) or wording_faults(company):
        company = ""
    topics = filter(None, (_topic(r) for r in sorted(reasons, key=_rank)))
    return {"contact": contact, "first": first, "company": company.rstrip(".,;"), "role": _role(facts.role), "topic": next(topics, None)}


def _role(role: str | None) -> str | None:
    """Return "the Night Baker role", or None for a title too long or too odd to stand in a sentence."""
    title = " ".join((role or "").split()).rstrip(".,;:-")
    if not _PLAIN_ROLE.fullmatch(title) or len(title.split()) > _ROLE_WORDS or re.search(r"\d{3}", title) or wording_faults(title):
        return None
    if title.isupper() and " " in title:
        title = title.title()
    return f"the {title}" if _COUNTS_AS_ROLE.search(title) else f"the {title} role"


@dataclass(frozen=True, kw_only=True, slots=True)
class _Case:
    """What the wording of a reply hangs on."""

    words: Wording
    label: Label
    codes: set[SignalCode]
    why: str
    reason: Reason | None
    stage: Stage | None
    names: dict[str, str | None]
    register: Register
    seed: str

    def say(self, slot: str, *keys: str) -> str:
        """Return a text for the first key that the slot has, in their tone where there is a variant for it."""
        casual = self.register == "casual"
        both = [variant for key in keys for variant in ((f"{key}_casual", key) if casual else (key,))]
        return self.words.pick(slot, both, self.names, self.seed)


def _body(case: _Case, question: str | None) -> str:
    met = [str(case.stage)] if case.stage in {Stage.INTERVIEWED, Stage.TESTED} else []
    kind = {Label.EVASIVE: ["evasive"], Label.KEPT_ON_FILE: ["kept"]}.get(case.label, [])
    told = ["reason"] if case.reason and case.reason.code not in _FORMULA and question else []
    given = ["given"] if case.why == "given" else []
    offered = ["offered"] if SignalCode.FEEDBACK_OFFERED in case.codes and question else []
    thanks = case.say("thanks", *given, *offered, *met, *kind, *told, "plain")
    accept = case.say("accept", *(["evasive"] if case.label is Label.EVASIVE else []), "plain")
    parts = [_greeting(case), f"{thanks} {accept}"]
    if question:
        lead = case.say("lead", *offered, *([str(case.reason.code)] if case.reason else []), *kind, *met, "plain")
        parts.append(f"{lead} {question} {case.say('exit', 'plain')}")
    else:
        parts.append(case.say("instead", *given, "plain"))
    return "\n\n".join([*parts, case.say("wishes", "plain"), case.say("close", case.register)])


def _greeting(case: _Case) -> str:
    if contact := case.names["contact"]:
        key = "title_named" if _TITLE.match(contact) else f"{case.register}_named"
    else:
        key = f"{case.register}_company" if case.names["company"] else f"{case.register}_plain"
    return case.say("greeting", key)


def _subject(mail: Mail, words: Wording) -> str:
    subject = " ".join(_REPLY_MARKS.sub("", mail.subject or "").split())
    if not subject or _BLANK.search(subject):
        return words.pick("subject", ["plain"], {}, "")
    return f"Re: {subject[:_LONGEST_SUBJECT].rstrip()}"
