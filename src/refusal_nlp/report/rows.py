"""One analysed message to one row of the result."""

from __future__ import annotations

from typing import Any

from refusal_nlp.types import MODEL_LANGUAGE, Analysis, Facts, Label, Mail, Reason, Signal

COLUMNS = (
    "source",
    "id",
    "date",
    "sender",
    "subject",
    "label",
    "confidence",
    "needs_review",
    "p_not_refusal",
    "p_categorical",
    "p_evasive",
    "p_kept_on_file",
    "company",
    "role",
    "contact",
    "reasons",
    "reason_quotes",
    "signals",
    "advice",
    "send_to",
    "question",
    "reply_subject",
    "reply_body",
    "language",
    "error",
    "model",
)
_DIGITS = 4


def not_judged(row: dict[str, Any]) -> bool:
    """Whether a row is of a message in a language that the models do not know."""
    return row["language"] not in {None, MODEL_LANGUAGE}


def row_of(mail: Mail, analysis: Analysis | None, error: str | None = None) -> dict[str, Any]:
    """Return a row with the columns of `COLUMNS`; `reasons` and `signals` are lists of dictionaries.

    Parameters
    ----------
    mail : Mail
    analysis : Analysis or None
        None for a message that could not be analysed.
    error : str or None
        What went wrong, beside what the mail itself reports.

    """
    row: dict[str, Any] = dict.fromkeys(COLUMNS)
    row |= {"source": mail.source, "id": mail.id, "sender": mail.sender, "subject": mail.subject}
    row["date"] = mail.date.isoformat() if mail.date else None
    row["error"] = "; ".join(filter(None, [mail.error, error])) or None
    row |= {"reasons": [], "signals": [], "reason_quotes": []}
    if analysis is None:
        return row
    facts: Facts = analysis.facts
    row |= {
        "label": str(analysis.label),
        "confidence": round(analysis.confidence, _DIGITS),
        "needs_review": analysis.needs_review,
        **{f"p_{label}": round(analysis.probabilities[label], _DIGITS) for label in Label},
        "company": facts.company,
        "role": facts.role,
        "contact": facts.contact,
        "reasons": [_finding(r) for r in analysis.reasons],
        "reason_quotes": [" ".join(r.quote.split()) for r in analysis.reasons],
        "signals": [_finding(s) for s in analysis.signals],
        "language": analysis.language,
        "model": analysis.model,
    }
    if follow_up := analysis.follow_up:
        row |= {
            "advice": str(follow_up.advice),
            "send_to": follow_up.send_to,
            "question": follow_up.question,
            "reply_subject": follow_up.subject,
            "reply_body": follow_up.body,
        }
    return row


def _finding(found: Reason | Signal) -> dict[str, Any]:
    return {"code": str(found.code), "quote": found.quote, "start": found.start, "end": found.end, "field": found.field}


def flat(row: dict[str, Any]) -> dict[str, Any]:
    """Return the row for a flat table: codes and quotes joined, each code once."""
    out = dict(row)
    out["reasons"] = ";".join(dict.fromkeys(r["code"] for r in row["reasons"]))
    out["signals"] = ";".join(dict.fromkeys(s["code"] for s in row["signals"]))
    out["reason_quotes"] = " | ".join(row["reason_quotes"])
    return out
