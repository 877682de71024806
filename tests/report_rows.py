"""Rows of a scan as the tests of the report make them."""

from refusal_nlp.report.rows import COLUMNS


def row(label="categorical", **values):
    return dict.fromkeys(COLUMNS) | {"label": label, "reasons": [], "signals": [], "reason_quotes": [], "needs_review": False, "confidence": 0.9} | values


def finding(code, quote, start, field="body"):
    return {"code": code, "quote": quote, "start": start, "end": start + len(quote), "field": field}
