"""The site: built without network, warnings are errors."""

import re
import subprocess
import sys

import pytest

import refusal_nlp
from conftest import ROOT


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    out = tmp_path_factory.mktemp("site")
    done = subprocess.run(
        [sys.executable, "-m", "sphinx", "-W", "--keep-going", "-q", "-d", str(out / "trees"), "-c", str(ROOT / "docs"), str(ROOT), str(out / "html")],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return out / "html"


def test_every_page_is_in_it(site):
    pages = [
        *(p.relative_to(ROOT) for p in ROOT.glob("docs/*.md")),
        "README.md",
        "CONTRIBUTING.md",
        "SECURITY.md",
        "data/README.md",
        "models/default/README.md",
    ]
    assert [str(p) for p in pages if not (site / p).with_suffix(".html").is_file()] == []
    index = (site / "docs" / "index.html").read_text("utf-8")
    assert [p.stem for p in ROOT.glob("docs/*.md") if p.stem != "index" and f'href="{p.stem}.html"' not in index] == []


def test_a_page_loads_nothing_from_elsewhere(site):
    for page in site.rglob("*.html"):
        text = page.read_text("utf-8")
        loaded = re.findall(r"""<(?:script|img|iframe|source)[^>]*\ssrc=["']?(https?:)?//""", text)
        loaded += re.findall(r"""<link[^>]*\shref=["']?(https?:)?//""", text)
        assert not loaded, page
    for sheet in site.rglob("*.css"):
        assert not re.search(r"""(url\(|@import )["']?(https?:)?//""", sheet.read_text("utf-8")), sheet


def test_every_public_name_is_explained(site):
    page = (site / "docs" / "api.html").read_text("utf-8")
    assert [name for name in refusal_nlp.__all__ if f'id="refusal_nlp.{name}"' not in page] == []
