"""The pages of the project and what stands in their code blocks."""

import pathlib
import re

ROOT = pathlib.Path(__file__).resolve().parent.parent
PAGES = sorted(str(p.relative_to(ROOT)) for p in [*ROOT.glob("*.md"), *ROOT.glob("docs/*.md"), *ROOT.glob("data/*.md"), *ROOT.glob("models/default/*.md")])
_BLOCK = re.compile(r"^```([^\n]*)\n(.*?)^```$", re.S | re.M)


def blocks(page, language=None):
    """The blocks of a page in one language, or (language, text) of all of them."""
    found = [(kind.strip(), text) for kind, text in _BLOCK.findall((ROOT / page).read_text("utf-8"))]
    return found if language is None else [text for kind, text in found if kind == language]
