"""Look at the report page with a real browser: hostile messages, 20,000 rows, keyboard, phone width, dark mode, paper; needs Debian's chromium.

    python tools/page_check.py [--pictures FOLDER] [--axe axe.min.js]

`--axe` takes the accessibility checker axe-core (npm pack axe-core), which is not part of this repository.
"""

from __future__ import annotations

import argparse
import datetime as dt
import pathlib
import random
import sys
import tempfile
import time
from typing import Any

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))

from chromium import Chromium
from refusal_nlp.report.page import write_page
from refusal_nlp.report.rows import COLUMNS
from refusal_nlp.types import REFUSALS, Label

ATTACKS = (
    "<script>window.hit = 1</script>",
    "</script><script>window.hit = 1</script>",
    "</script x><script>window.hit = 1</script >",
    "<!--<script>",
    "<!--<script x",
    '<img src=x onerror="window.hit = 1">',
    '"><svg onload="window.hit = 1"><style>body{display:none}</style>',
    "javascript:window.hit=1",
    '<iframe src="https://evil.example/"></iframe><link rel=stylesheet href="https://evil.example/x.css">',
    '<meta http-equiv="refresh" content="0;url=https://evil.example/">',
    "${window.hit = 1} {{constructor.constructor('window.hit = 1')()}} $data $$",
    "\u2028window.hit = 1\u2029 \u202egnp.exe \ud800 \x00\x1b[31m",
    '<form action="https://evil.example/"><button>Show all</button></form><base href="https://evil.example/">',
    "]]> --> &lt;script&gt; &#60;script&#62; \\u003cscript\\u003e",
)
SHOWN = tuple(a for a in ATTACKS if "\u2028" not in a)
COMPANIES = ("Larkhill Trust", "Harbour & Finch", "Sable Insurance", "Kettle Row", "Brot und Söhne", "Quay Analytics", "Münzer GmbH")
ROLES = ("Reporting Analyst", "Junior Data Analyst", "Archivist", "Head Baker", "Clinical Data Manager", None)
WORDS = {"categorical": ("decision", "we have decided to go ahead with somebody else"), "evasive": ("hedge", "things have moved in another direction for now"),
         "kept_on_file": ("retention", "we shall keep your papers for later openings")}  # fmt: skip
REASONS = {"experience": "more experience with hospital data", "other_candidate": "another applicant", "filled": "the post has been filled",
           "cancelled": "the budget was withdrawn", "protected": "a younger team", "skills": "stronger SQL", "volume": "so many applications"}  # fmt: skip


def row(number: int, chance: random.Random, **values: Any) -> dict[str, Any]:
    """Return a row of a refusal that nobody received."""
    label = str(chance.choice(REFUSALS))
    code, quote = WORDS[label]
    sentence = f"After careful thought {quote}"
    reasons = []
    if chance.random() < 0.6:
        reason = chance.choice(list(REASONS))
        sentence += f", because of {REASONS[reason]}"
        start = 40 + sentence.index(REASONS[reason])
        reasons = [{"code": reason, "quote": REASONS[reason], "start": start, "end": start + len(REASONS[reason]), "field": "body"}]
    company, role = chance.choice(COMPANIES), chance.choice(ROLES)
    signals = [{"code": code, "quote": sentence, "start": 40, "end": 40 + len(sentence), "field": "body"}]
    advice = chance.choice(("ask", "ask", "ask_general", "thank_only", "do_not_write"))
    date = dt.datetime.now(dt.UTC) - dt.timedelta(days=chance.expovariate(1 / 200), minutes=1)
    reply = f"Dear hiring team,\n\nthank you for your message{number}. Could you tell me one thing to strengthen?\n\nKind regards\n[your name]"
    return dict.fromkeys(COLUMNS) | {
        "source": "mail.mbox", "id": f"<{number}@x.example>", "date": date.isoformat(), "sender": f"{company} <jobs@x{number}.example>",
        "subject": f"Your application no. {number}", "label": label, "confidence": chance.uniform(0.5, 1), "needs_review": chance.random() < 0.1,
        "company": company if chance.random() < 0.8 else None, "role": role, "reasons": reasons, "reason_quotes": [r["quote"] for r in reasons],
        "signals": signals, "advice": advice, "send_to": "jobs@x.example", "reply_subject": "Re: your message",
        "reply_body": None if advice == "do_not_write" else reply, "language": "en", "model": "none",
    } | values  # fmt: skip


def receipt(of: dict[str, Any], days: int) -> dict[str, Any]:
    """Return the confirmation that came some days before a refusal."""
    date = dt.datetime.fromisoformat(of["date"]) - dt.timedelta(days=days)
    values = {"label": str(Label.NOT_REFUSAL), "date": date.isoformat(), "subject": "We have received your application", "reasons": [], "signals": []}
    return of | values | {"advice": None}


def hostile(chance: random.Random) -> list[dict[str, Any]]:
    """Return rows that attack from every column."""
    rows = []
    for number, text in enumerate(ATTACKS):
        one = row(
            number, chance, **dict.fromkeys(("source", "id", "sender", "subject", "company", "role", "reply_subject", "reply_body", "send_to", "error"), text)
        )
        one |= {"label": "evasive", "signals": [{"code": "hedge", "quote": text, "start": 0, "end": len(text), "field": "body"}], "advice": "ask"}
        one["reasons"] = [{"code": "fit", "quote": text[:5], "start": 0, "end": len(text[:5]), "field": "body"}]
        rows.append(one)
    return rows


def expect(true: bool, what: str) -> None:
    """Say what holds; stop at what does not."""
    print("ok  " if true else "NOT ", what)
    if not true:
        raise SystemExit(1)


def quiet(tab: Chromium, page: pathlib.Path, what: str) -> None:
    """Hold the page to loading nothing and complaining about nothing."""
    expect(set(tab.requests()) == {page.resolve().as_uri()}, f"{what}: one request, for the file itself")
    expect(not tab.faults(), f"{what}: no error, nothing forbidden was tried {tab.faults() or ''}")


def check_hostile(tab: Chromium, folder: pathlib.Path) -> None:
    """Hostile messages are shown as they are and do nothing."""
    page = folder / "hostile.html"
    write_page(page, hostile(random.Random(1)))
    tab.open(page)
    tab.run("document.querySelectorAll('#table tbody button').forEach((b) => b.click())")
    expect(tab.run("document.querySelectorAll('.detail').length") == len(ATTACKS), "hostile: every row opens")
    text = tab.run("document.getElementById('table').textContent")
    values = tab.run("[...document.querySelectorAll('textarea')].map((t) => t.value)")
    expect(all(a in text and a in values for a in SHOWN), "hostile: texts stand in the table and the drafts as they are")
    odd = "document.querySelectorAll('img, iframe, link, base, object, embed, svg, [onerror], [onload], [href]:not(.skip), [src], form:not(#filters)').length"
    expect(tab.run(odd) == 0, "hostile: no element was made of them")
    expect(tab.run("document.scripts.length") == 3 and tab.run("document.styleSheets.length") == 1, "hostile: three scripts and one style, all ours")
    tab.run("document.querySelector('#companies button').click()")
    expect(tab.run("window.hit === undefined"), "hostile: nothing ran")
    tab.run("new Promise((done) => setTimeout(done, 500))")
    quiet(tab, page, "hostile")
    tab.run("""new Promise((done) => { document.addEventListener('securitypolicyviolation', () => done(true)); const s = document.createElement('script');
        s.textContent = 'window.hit = 2'; document.body.append(s); setTimeout(() => done(false), 1000); })""")
    expect(tab.run("window.hit === undefined"), "hostile: the policy stops a script that gets in all the same")


def check_use(tab: Chromium, folder: pathlib.Path, pictures: pathlib.Path | None, axe: pathlib.Path | None) -> None:
    """The page as people use it."""
    chance = random.Random(2)
    rows = [row(i, chance) for i in range(180)]
    rows += [receipt(one, chance.randrange(1, 90)) for one in rows[:60]]
    page = folder / "use.html"
    write_page(page, rows)
    tab.call("Emulation.setEmulatedMedia", features=[{"name": "prefers-color-scheme", "value": "light"}])
    tab.open(page)
    quiet(tab, page, "use")
    expect(tab.run("document.getElementById('found').textContent") == "180 messages of 180", "use: refusals are listed, receipts are not")
    tab.run("document.querySelector('#table thead button').focus()")
    tab.press("Enter", "\r")
    expect(tab.run("document.querySelector('#table th').getAttribute('aria-sort')") == "ascending", "use: sorted with the keyboard")
    tab.press("Tab")
    expect(tab.run("document.activeElement.textContent") == "From", "use: the tabulator goes on to the next column")
    tab.run("document.querySelector('#table tbody button').focus()")
    tab.press("Enter", "\r")
    expect(tab.run("document.activeElement.getAttribute('aria-expanded')") == "true", "use: a row opened with the keyboard keeps the focus")
    tab.run("document.getElementById('search').value = 'archivist'; document.getElementById('search').dispatchEvent(new Event('input'))")
    tab.run("new Promise((done) => setTimeout(done, 300))")
    expect(0 < tab.run("parseInt(document.getElementById('found').textContent)") < 180, "use: the search finds some")
    tab.run("document.getElementById('filters').reset(); new Promise((done) => setTimeout(done, 100))")
    tab.run("[...document.querySelectorAll('#table tbody button')].slice(0, 3).forEach((b) => b.getAttribute('aria-expanded') === 'true' || b.click())")
    tab.run("document.querySelector('.copy')?.click()")
    tab.run("new Promise((done) => setTimeout(done, 200))")
    expect("opied" in tab.run("document.getElementById('spoken').textContent"), "use: the copy button copies and says so")
    for name, width, scheme in (("desktop", 1200, "light"), ("dark", 1200, "dark"), ("phone", 380, "light"), ("phone-dark", 380, "dark")):
        tab.call("Emulation.setEmulatedMedia", features=[{"name": "prefers-color-scheme", "value": scheme}])
        tab.open(page, width=width)
        tab.run("document.querySelectorAll('#table tbody button')[1].click()")
        tab.run("new Promise((done) => setTimeout(done, 300))")
        expect(tab.run("document.scrollingElement.scrollWidth <= innerWidth"), f"{name}: nothing wider than the screen")
        if pictures:
            tab.picture(pictures / f"{name}.png")
        if axe:
            tab.run(axe.read_text("utf-8") + "; 0")
            found = tab.run("axe.run().then((r) => r.violations.map((v) => v.id + ': ' + v.nodes.slice(0, 3).map((n) => n.html.slice(0, 120)).join(' | ')))")
            expect(not found, f"{name}: axe finds nothing {found or ''}")
    tab.call("Emulation.setEmulatedMedia", features=[{"name": "prefers-color-scheme", "value": "dark"}])
    tab.open(page)
    if pictures:
        tab.print(pictures / "paper.pdf")


def check_size(tab: Chromium, folder: pathlib.Path) -> None:
    """20,000 rows stay usable."""
    chance = random.Random(3)
    page = folder / "many.html"
    write_page(page, [row(i, chance) for i in range(20_000)])
    began = time.perf_counter()
    tab.open(page)
    opened = time.perf_counter() - began
    quiet(tab, page, "20,000 rows")
    expect(tab.run("document.getElementById('found').textContent") == "20,000 messages of 20,000", "20,000 rows: all there")
    nodes = tab.run("document.getElementsByTagName('*').length")
    timed = "(() => { const t = performance.now(); %s; return performance.now() - t; })()"
    first = tab.run(
        timed % "const s = document.getElementById('search'); s.value = 'archivist sql'; document.getElementById('by-label').dispatchEvent(new Event('change'))"
    )
    again = tab.run(timed % "document.getElementById('search').value = 'archivist'; document.getElementById('by-label').dispatchEvent(new Event('change'))")
    sort = tab.run(timed % "document.getElementById('search').value = ''; document.querySelectorAll('#table thead button')[1].click()")
    print(
        f"    {page.stat().st_size / 1e6:.1f} MB, {nodes} elements, opened in {opened:.1f} s, search {first:.0f} then {again:.0f} ms, sorted in {sort:.0f} ms"
    )
    expect(max(first, again, sort) < 2000 and nodes < 5000, "20,000 rows: each act within 2 s, a page of them in the document")


def main() -> int:
    """Run every check; stops at the first that fails."""
    words = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    words.add_argument("--pictures", type=pathlib.Path)
    words.add_argument("--axe", type=pathlib.Path)
    chosen = words.parse_args()
    if chosen.pictures:
        chosen.pictures.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as name, Chromium() as tab:
        folder = pathlib.Path(name)
        check_hostile(tab, folder)
        check_use(tab, folder, chosen.pictures, chosen.axe)
        check_size(tab, folder)
    return 0


if __name__ == "__main__":
    sys.exit(main())
