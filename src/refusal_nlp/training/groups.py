"""Which messages belong together: a thread, a sender's domain, a cluster of near-duplicates. A split never divides a group."""

from __future__ import annotations

import re
from collections.abc import Hashable, Iterable, Sequence

import numpy as np
from numpy.typing import NDArray
from scipy import sparse
from scipy.sparse.csgraph import connected_components
from sklearn import config_context
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.neighbors import NearestNeighbors

from refusal_nlp.mail.address import name_and_address
from refusal_nlp.types import Mail

ALIKE = 0.85  # cosine of the word weights from which two messages count as the same letter; tests/test_data.py holds the shipped data to it
_MEMORY = 64  # MiB for one block of distances
_REPLY = re.compile(r"(?i)^\s*(?:(?:re|fw|fwd|aw|wg|sv|tr)\s*(?:\[\d+\])?\s*:\s*)+")
_LEAST_WORDS = 3  # a shorter subject ("Your application") is everybody's
# Domains that many senders share: there the whole address and the name in front of it tell one sender from another.
_SHARED = frozenset(
    """gmail.com googlemail.com outlook.com hotmail.com live.com yahoo.com icloud.com me.com aol.com proton.me protonmail.com gmx.com gmx.net gmx.de
    greenhouse.io greenhouse-mail.io lever.co hire.lever.co myworkday.com workday.com myworkdayjobs.com smartrecruiters.com ashbyhq.com workablemail.com
    icims.com taleo.net successfactors.com successfactors.eu jobvite.com bamboohr.com teamtailor.com teamtailor-mail.com personio.de personio.com
    recruitee.com breezy.hr linkedin.com indeed.com indeedemail.com ziprecruiter.com""".split()
)
_MASKED = frozenset({"example.com", "example.net", "example.org"})  # what stands where an address was taken out (RFC 2606); it is nobody's
Pair = tuple[int, int]


def group_names(mails: Sequence[Mail], given: Sequence[str | None]) -> list[str]:
    """Return a name for the group of each message.

    Parameters
    ----------
    mails : sequence of Mail
    given : sequence of str or None
        Groups that the data names; None where it names none. A message with a given group is joined to nothing else.

    Returns
    -------
    list of str, length n_messages
        Messages without a given group share a name where a chain of thread, sender or near-duplicate leads from one to the other.

    """
    free = [i for i, name in enumerate(given) if name is None]
    links: list[Pair] = []
    for key in (_thread, sender_key):
        links += _linked([(key(mails[i]), i) for i in free])
    links += [(free[a], free[b]) for a, b in near_duplicates([mails[i].body for i in free])]
    member = _components(len(mails), links)
    first: dict[int, str] = {}
    return [name if name is not None else first.setdefault(int(member[i]), f"auto:{mails[i].id}") for i, name in enumerate(given)]


def near_duplicates(texts: Sequence[str], others: Sequence[str] | None = None) -> list[Pair]:
    """Return the pairs of texts that are nearly the same.

    Parameters
    ----------
    texts : sequence of str
    others : sequence of str, optional
        Look for pairs of a text and one of these; default: pairs within `texts`, each once.

    Returns
    -------
    list of (int, int)
        Positions in `texts` and in `others`.

    """
    pool = list(texts) if others is None else list(others)
    if not pool or not texts:
        return []
    words = TfidfVectorizer(sublinear_tf=True, preprocessor=str.lower, tokenizer=str.split, token_pattern=None, dtype=np.float32)
    words.fit([*pool, *texts] if others is not None else pool)
    known = words.transform(pool)
    with config_context(working_memory=_MEMORY):
        search = NearestNeighbors(radius=1 - ALIKE, metric="cosine", algorithm="brute").fit(known)
        found = search.radius_neighbors(known if others is None else words.transform(texts), return_distance=False)
    pairs = [(i, int(j)) for i, row in enumerate(found) for j in sorted(row)]
    return pairs if others is not None else [(i, j) for i, j in pairs if i < j]


def sender_key(mail: Mail) -> str | None:
    """Return what tells a sender's organisation: the domain, or name and address on a domain that many share.

    >>> sender_key(Mail(body="", sender="Brot Careers <jobs@mail.brot.example>"))
    'brot.example'
    >>> sender_key(Mail(body="", sender="Brot Careers <no-reply@greenhouse.io>"))
    'brot careers no-reply@greenhouse.io'
    """
    name, address = name_and_address(mail.sender)
    domain = address.rpartition("@")[2].lower().rstrip(".>")
    if domain in _MASKED:
        return None
    if not domain:
        return name.lower() or None
    if any(domain == shared or domain.endswith(f".{shared}") for shared in _SHARED):
        return f"{name.lower()} {address.lower()}".strip()
    parts = domain.split(".")
    # "brot.co.uk" is a name under "co.uk": a short last but one part below a country's ending belongs to the ending
    keep = 3 if len(parts) > 2 and len(parts[-1]) == 2 and len(parts[-2]) <= 3 else 2
    return ".".join(parts[-keep:])


def _thread(mail: Mail) -> str | None:
    subject = " ".join(_REPLY.sub("", mail.subject or "").lower().split())
    return subject if len(subject.split()) >= _LEAST_WORDS else None


def _linked(keyed: Iterable[tuple[Hashable | None, int]]) -> list[Pair]:
    """Link every message with the first of the same key."""
    first: dict[Hashable, int] = {}
    return [(first.setdefault(key, i), i) for key, i in keyed if key is not None]


def _components(count: int, links: Sequence[Pair]) -> NDArray[np.int32]:
    rows, columns = np.array(links, np.intp).reshape(-1, 2).T
    graph = sparse.coo_matrix((np.ones(len(rows), np.int8), (rows, columns)), shape=(count, count))
    return np.asarray(connected_components(graph, directed=False)[1])
