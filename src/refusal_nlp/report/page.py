"""The report page: one file of HTML that holds its data, its style, its script and the library that draws its pictures.

Nothing that a message says can run in it or load anything: the data is JSON of plain ASCII in which ``<``, ``>`` and ``&`` are escaped, the script sets text
as text only, and the page's own Content-Security-Policy allows just the scripts and the style whose digests it names, and no connection at all.
"""

from __future__ import annotations

import base64
import hashlib
import importlib.resources
import json
import os
import pathlib
import re
import string
import tomllib
from collections.abc import Iterable
from typing import Any

from refusal_nlp import __version__
from refusal_nlp.errors import OutputError
from refusal_nlp.mail.address import name_and_address
from refusal_nlp.report import charts
from refusal_nlp.report.applications import waits
from refusal_nlp.report.passages import passages
from refusal_nlp.report.rows import not_judged
from refusal_nlp.report.safe import on_screen
from refusal_nlp.report.summary import Summary
from refusal_nlp.types import REFUSALS

_SCRIPTS = ("elements.js", "charts.js", "detail.js", "table.js", "start.js")
_LIBRARY = "vendor/chart.umd.min.js"
# Tools for developers would ask for this file.
_SOURCE_MAP = re.compile(r"^//# sourceMappingURL=.*$", re.M)


def write_page(path: str | os.PathLike[str], rows: Iterable[dict[str, Any]], *, summary: Summary | None = None) -> None:
    """Write the report page of a scan.

    Parameters
    ----------
    path : path-like
        Where to write; replaced where it exists.
    rows : iterable of dict
        See `refusal_nlp.report.rows.row_of`. Messages that are no refusals are counted, and tell when an application was made; they are not shown.
    summary : Summary, optional
        Of the whole scan, where `rows` leaves messages out.

    Raises
    ------
    OutputError
        Where the file cannot be written.

    """
    place = pathlib.Path(path)
    page = render(page_data(list(rows), summary))
    unfinished = place.with_name(f"{place.name}.part")
    try:
        unfinished.write_text(page, "utf-8", newline="\n")
        unfinished.replace(place)
    except OSError as fault:
        unfinished.unlink(missing_ok=True)
        raise OutputError(f"{place}: cannot be written: {fault.strerror or fault}") from fault


def require_place(path: str | os.PathLike[str]) -> None:
    """Raise `OutputError` where a page cannot be written: to be known before the work, not after an hour."""
    place = pathlib.Path(path)
    if place.is_dir() or not place.parent.is_dir() or not os.access(place.parent, os.W_OK):
        raise OutputError(f"{place}: cannot be written: no file can be made there")


def page_data(rows: list[dict[str, Any]], summary: Summary | None = None) -> dict[str, Any]:
    """Return what the page shows, as plain JSON types."""
    if summary is None:
        summary = Summary()
        for row in rows:
            summary.add(row)
    words = tomllib.loads(_read("wording.toml"))
    days = waits(rows)
    refusals = [row for row in rows if row["label"] in REFUSALS]
    shown = [_shown(row, wait, words["decides"]) for row, wait in zip(rows, days, strict=True) if row["label"] in REFUSALS or _unjudged(row)]
    waiting = charts.waiting([wait for wait in days if wait is not None])
    return {
        "made": charts.today(),
        "version": __version__,
        "lead": _lead(summary),
        "counts": {name: getattr(summary, name) for name in ("messages", "refusals", "unexplained", "employer_only", "answerable")},
        "charts": {
            "time": charts.over_time(refusals),
            "reasons": charts.stated_reasons(summary.reasons, summary.unexplained),
            "waits": {name: waiting[name] for name in ("labels", "counts")},
        },
        "waits": {name: waiting[name] for name in ("known", "median")},
        "companies": _clean(charts.by_company(refusals)),
        "rows": shown,
        "words": words,
    }


def render(data: dict[str, Any]) -> str:
    """Return the page as text."""
    style = _read("web/page.css")
    library = _SOURCE_MAP.sub("", _read(f"web/{_LIBRARY}"))
    script = "\n".join(_read(f"web/{name}") for name in _SCRIPTS)
    policy = (
        f"default-src 'none'; script-src '{_digest(library)}' '{_digest(script)}'; style-src '{_digest(style)}'; "
        "connect-src 'none'; img-src 'none'; base-uri 'none'; form-action 'none'"
    )
    # One pass: what is put in is not searched for places again.
    return string.Template(_read("web/page.html")).substitute(policy=policy, style=style, library=library, script=script, data=embedded_json(data))


def embedded_json(data: object) -> str:
    r"""Return JSON that can stand inside an element of HTML: ASCII alone, and no character that ends or begins markup.

    >>> embedded_json("</script>\u2028")
    '"\\u003c/script\\u003e\\u2028"'
    """
    text = json.dumps(data, ensure_ascii=True, separators=(",", ":"), allow_nan=False)
    return text.replace("<", "\\u003c").replace(">", "\\u003e").replace("&", "\\u0026")


def _digest(text: str) -> str:
    """Return a source expression of Content-Security-Policy, Level 3 (W3C), section 2.3.1."""
    return f"sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}"


def _read(name: str) -> str:
    return importlib.resources.files("refusal_nlp.report").joinpath(name).read_text("utf-8")


def _unjudged(row: dict[str, Any]) -> bool:
    return row["label"] is None or bool(row["needs_review"] and not_judged(row))


def _shown(row: dict[str, Any], wait: int | None, decides: dict[str, list[str]]) -> dict[str, Any]:
    """Return a row as the page shows it."""
    judged = row["label"] in REFUSALS
    shown: dict[str, Any] = _clean(
        {
            "date": row["date"] and str(row["date"]),
            "who": row["company"] or name_and_address(row["sender"])[0] or row["sender"],
            "sender": row["sender"],
            "subject": row["subject"],
            "role": row["role"],
            "label": row["label"] if judged else "not_judged",
            "confidence": row["confidence"] or 0.0,
            "review": bool(row["needs_review"]),
            "wait": wait,
            "passages": passages(row, decides.get(row["label"], [])),
            "reasons": list(dict.fromkeys(reason["code"] for reason in row["reasons"])),
            "advice": row["advice"],
            "to": row["send_to"],
            "replySubject": row["reply_subject"],
            "reply": row["reply_body"],
            "source": row["source"],
            "error": row["error"],
        }
    )
    return shown


def _clean(value: Any) -> Any:
    """Return the value without characters that turn the direction of writing or are not to be seen, at any depth."""
    if isinstance(value, str):
        return on_screen(value)
    if isinstance(value, dict):
        return {name: _clean(one) for name, one in value.items()}
    if isinstance(value, (list, tuple)):
        return [_clean(one) for one in value]
    return value


def _lead(summary: Summary) -> str:
    """Return what the page says first: what refusals mostly say, which is little about the person."""
    if not summary.refusals:
        return "No message here turns an application down."
    about = summary.refusals - summary.unexplained - summary.employer_only
    return (
        f"{summary.refusals:,} of {summary.messages:,} messages turn an application down. {_they(summary.unexplained, 'gives', 'give')} no reason, "
        f"{_they(summary.employer_only, 'names', 'name')} only reasons on the employer's side, "
        f"and {_they(about, 'says', 'say')} something about the application or the person."
    )


def _they(number: int, one: str, many: str) -> str:
    return f"{number:,} {one if number == 1 else many}"
