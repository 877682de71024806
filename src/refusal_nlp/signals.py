"""The acts of sentences to quoted signals."""

from __future__ import annotations

import re
from collections.abc import Mapping

from scipy.special import expit

from refusal_nlp.acts import OUTPUTS
from refusal_nlp.calibration import Floats
from refusal_nlp.features import Message, Sentence
from refusal_nlp.lexicon.load import clause_border
from refusal_nlp.mail.address import takes_no_reply
from refusal_nlp.spans import Span, overlaps, strip
from refusal_nlp.types import Label, Mail, Signal, SignalCode

_SURE = ".sure"  # rules that give a signal by themselves
_JOINT = re.compile(r"(?:and|but|so)\s+", re.I)


def find_signals(message: Message, acts: Floats, mail: Mail, label: Label, thresholds: Mapping[str, float]) -> tuple[Signal, ...]:
    """Return the signals of a refusal, in the order of the text.

    Parameters
    ----------
    message : Message
    acts : ndarray of shape (n_sentences, n_outputs)
        Log-odds of the sentence model.
    mail : Mail
        Offsets of the result are into its body.
    label : Label
        The verdict. A refusal whose decision is stated has no hedge as its carrier, an evasive one no decision.
    thresholds : mapping of str to float
        Log-odds from which a sentence carries the code.

    """
    found: list[Signal] = []
    for row, sentence in enumerate(message.sentences):
        for column, name in enumerate(OUTPUTS):
            if name == "reason" or acts[row, column] < thresholds.get(name, 0.0):
                continue
            code = SignalCode(name)
            if (code is SignalCode.DECISION and label is Label.EVASIVE) or (code is SignalCode.HEDGE and label is not Label.EVASIVE):
                continue
            start, end = _words(sentence, name, mail.body)
            score = float(expit(acts[row, column]))
            found.append(Signal(code=code, quote=mail.body[start:end], start=start, end=end, score=score))
        for cue in sentence.cues:
            if cue.code == "no_reply" or cue.rule.endswith(_SURE):
                found.append(Signal(code=SignalCode(cue.code), quote=mail.body[cue.start : cue.end], start=cue.start, end=cue.end))
    carrier = _carrier(message, acts, mail, label)
    if carrier and carrier.code not in {s.code for s in found}:
        found.append(carrier)
    found.sort(key=lambda s: (s.start, s.code))
    if takes_no_reply(mail.sender) and mail.sender:
        found.append(Signal(code=SignalCode.NO_REPLY, quote=mail.sender, start=0, end=len(mail.sender), field="sender"))
    return tuple(_without_doubles(found))


def _words(sentence: Sentence, name: str, body: str) -> Span:
    """Return the clauses that hold the cues of the code, or the whole sentence where it has none."""
    cues = [c for c in sentence.cues if c.code == name]
    if not cues:
        return sentence.start, sentence.end
    first, last = min(c.start for c in cues), max(c.end for c in cues)
    border = clause_border("signals.toml")
    before = [m.end() for m in border.finditer(body, sentence.start, first)]
    after = border.search(body, last, sentence.end)
    start, end = strip(body, (max(before, default=sentence.start), after.start() if after else sentence.end))
    if joint := _JOINT.match(body, start, end):
        start = joint.end()
    return start, end


def _carrier(message: Message, acts: Floats, mail: Mail, label: Label) -> Signal | None:
    """The sentence that carries the label, even where its score stays under the threshold: a verdict has to name its words."""
    if label is Label.NOT_REFUSAL or not message.sentences:
        return None
    names = {Label.CATEGORICAL: ["decision"], Label.EVASIVE: ["hedge"], Label.KEPT_ON_FILE: ["retention", "future_contact"]}[label]
    columns = [OUTPUTS.index(n) for n in names]
    row, best = divmod(int(acts[:, columns].argmax()), len(columns))
    start, end = _words(message.sentences[row], names[best], mail.body)
    score = float(expit(acts[row, columns[best]]))
    return Signal(code=SignalCode(names[best]), quote=mail.body[start:end], start=start, end=end, score=score)


def _without_doubles(signals: list[Signal]) -> list[Signal]:
    """Drop a code repeated where it was found already, by another way of finding it."""
    out: list[Signal] = []
    for s in signals:
        if not any(s.code == o.code and s.field == o.field and overlaps((s.start, s.end), (o.start, o.end)) for o in out):
            out.append(s)
    return out
