"""HTML to readable text: what a person would see, without what is hidden, and never anything that runs."""

from __future__ import annotations

import re
from collections import Counter

from selectolax.lexbor import LexborHTMLParser, LexborNode

_SILENT = {"script", "style", "head", "title", "noscript", "template", "svg", "object", "iframe", "map", "area"}
_BLOCKS = frozenset(
    "address article aside blockquote center dd div dl dt fieldset figure footer form h1 h2 h3 h4 h5 h6 header hr li main nav ol p pre section table "
    "tbody td tfoot th thead tr ul".split()
)
_PARAGRAPHS = {"p", "h1", "h2", "h3", "h4", "h5", "h6", "table", "ul", "ol", "blockquote", "hr"}
_LINE, _PARAGRAPH = "\x00", "\x01"  # borders of blocks: several in a row are one
_MANY_TAGS = 2000  # fewer cannot take long, however they are nested
_MAX_OPEN, _MAX_OPEN_INLINE = 200, 30  # elements open at a time; no mail program nests half as deep
_LONG_MARKUP, _LONG_TAG = 50_000, 4000  # characters
# A tag as the HTML standard cuts it, without backtracking.
_TAG = re.compile(r"""<(/?)([a-zA-Z][^\s/>]{0,40}+)((?:[\s/]++|=?[^\s/>=]++(?:\s*+=\s*+(?:"[^"]*+"|'[^']*+'|[^\s>"'][^\s>]*+)?)?|=)*+)>?""")
_INLINE = frozenset("a b big code em font i nobr s small strike strong tt u".split())
_CLOSED_BY_THE_NEXT = frozenset(
    "p li dd dt td th tr tbody thead tfoot caption colgroup option optgroup html head body br hr img input meta link area base col embed source wbr".split()
)
_GAP = re.compile("[ \n\x00\x01]+")
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
    root = LexborHTMLParser(_flatter(html)).root
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
    return tidy(_GAP.sub(_gap, "".join(out)))


def _flatter(html: str) -> str:
    """Drop what makes the parser's time grow with the square of its number: elements within each other, attributes of a tag."""
    if html.count("<") < _MANY_TAGS and len(html) < _LONG_MARKUP:
        return html
    depth: Counter[str] = Counter()
    total = inline = 0

    def keep_or_drop(match: re.Match[str]) -> str:
        nonlocal total, inline
        name = match[2].lower()
        tag = match[0] if len(match[3]) < _LONG_TAG else f"<{match[1]}{name}>"
        if name in _CLOSED_BY_THE_NEXT:
            return tag
        if match[1]:
            if not depth[name]:
                return ""
            step = -1
        elif total >= _MAX_OPEN or (name in _INLINE and inline >= _MAX_OPEN_INLINE):
            return "" if name in _INLINE else "<br>"
        else:
            step = 1
        depth[name] += step
        total += step
        inline += step if name in _INLINE else 0
        return tag

    return _TAG.sub(keep_or_drop, html)


def _gap(match: re.Match[str]) -> str:
    gap = match.group()
    if _PARAGRAPH in gap:
        return "\n\n"
    return "\n" if _LINE in gap else gap


def _is_hidden(node: LexborNode) -> bool:
    attributes = node.attributes
    return "hidden" in attributes or bool(_HIDDEN.search(attributes.get("style") or ""))


def tidy(text: str) -> str:
    """Collapse runs of spaces and of empty lines, drop invisible characters."""
    text = _INVISIBLE.sub("", text)
    text = re.sub(r"[ \t\f\v\u00a0]+", " ", text)
    text = re.sub(r" ?\n ?", "\n", text)
    return re.sub(r"\n{3,}", "\n\n", text).strip()
