"""HTML to readable text: what a person would see, without what is hidden, and never anything that runs."""

from __future__ import annotations

import re

from selectolax.lexbor import LexborHTMLParser, LexborNode

_SILENT = {"script", "style", "head", "title", "noscript", "template", "svg", "object", "iframe", "map", "area"}
_BLOCKS = frozenset(
    "address article aside blockquote center dd div dl dt fieldset figure footer form h1 h2 h3 h4 h5 h6 header hr li main nav ol p pre section table "
    "tbody td tfoot th thead tr ul".split()
)
_PARAGRAPHS = {"p", "h1", "h2", "h3", "h4", "h5", "h6", "table", "ul", "ol", "blockquote", "hr"}
_LINE, _PARAGRAPH = "\x00", "\x01"  # borders of blocks: several in a row are one
_BORDERS = re.compile("[ \n]*(?:[\x00\x01][ \n]*)+")
_HIDDEN = re.compile(r"display\s*:\s*none|visibility\s*:\s*hidden|mso-hide\s*:\s*all|font-size\s*:\s*0|max-height\s*:\s*0", re.I)
_INVISIBLE = re.compile("[\u00ad\u034f\u200b-\u200f\u2060\ufeff]")


def html_to_text(html: str) -> str:
    r"""Return the visible text, a line for each block.

    Parameters
    ----------
    html : str
        Any HTML, broken or not.

    Returns
    -------
    str
        Text without markup, hidden parts, zero-width characters; an empty line between paragraphs.

    Examples
    --------
    >>> html_to_text('<p>Dear&nbsp;Ana,</p><div style="display:none">preheader</div><p>thank <b>you</b>.</p>')
    'Dear Ana,\n\nthank you.'

    """
    root = LexborHTMLParser(html).root
    if root is None:
        return ""
    out: list[str] = []
    # An explicit stack: mail holds divs nested tens of thousands deep, which would exhaust a recursive walk.
    stack: list[LexborNode | str] = [root]
    while stack:
        item = stack.pop()
        if isinstance(item, str):
            out.append(item)
            continue
        tag = item.tag or ""
        if tag == "-text":
            # White space in HTML is one space, a non-breaking space included.
            out.append(re.sub(r"[\s\x00\x01]+", " ", item.text_content or ""))
            continue
        if tag == "br":
            out.append("\n")
            continue
        if tag in _SILENT or (tag.startswith(("-", "!")) and tag != "-undef") or _is_hidden(item):
            continue
        if tag in _BLOCKS:
            border = _PARAGRAPH if tag in _PARAGRAPHS else _LINE
            out.append(border)
            stack.append(border)
        children: list[LexborNode | str] = list(item.iter(include_text=True))
        stack.extend(reversed(children))
    return tidy(_BORDERS.sub(lambda m: "\n\n" if _PARAGRAPH in m.group() else "\n", "".join(out)))


def _is_hidden(node: LexborNode) -> bool:
    attributes = node.attributes
    return "hidden" in attributes or bool(_HIDDEN.search(attributes.get("style") or ""))


def tidy(text: str) -> str:
    """Collapse runs of spaces and of empty lines, drop invisible characters."""
    text = _INVISIBLE.sub("", text)
    text = re.sub(r"[ \t\f\v\u00a0]+", " ", text)
    text = re.sub(r" ?\n ?", "\n", text)
    return re.sub(r"\n{3,}", "\n\n", text).strip()
