import itertools

from hypothesis import given
from hypothesis import strategies as st

from refusal_nlp import spans

span = st.tuples(st.integers(0, 40), st.integers(0, 40)).map(lambda t: (min(t), max(t)))


def covered(items):
    return {i for s, e in items for i in range(s, e)}


@given(span, span)
def test_overlap_is_a_shared_character(a, b):
    assert spans.overlaps(a, b) == bool(covered([a]) & covered([b]))


@given(span, span)
def test_contains_is_a_subset_of_characters(a, b):
    if b[0] < b[1]:
        assert spans.contains(a, b) == (covered([b]) <= covered([a]))


@given(st.lists(span))
def test_merge_keeps_the_characters_and_leaves_gaps(items):
    merged = spans.merge(items)
    assert covered(merged) == covered(items)
    assert all(a[1] < b[0] for a, b in itertools.pairwise(merged))


@given(st.lists(span))
def test_complement_is_the_rest(items):
    rest = spans.complement(items, 30)
    assert covered(rest) == set(range(30)) - covered(items)


@given(st.text(" \nab", max_size=20))
def test_strip_agrees_with_str_strip(text):
    start, end = spans.strip(text, (0, len(text)))
    assert text[start:end] == text.strip()
