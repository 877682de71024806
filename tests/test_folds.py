"""Folds in which groups stay together and stay where they are."""

import pytest

from refusal_nlp.folds import group_folds


def dealt(groups, most):
    return {groups[i]: number for number, (_, held) in enumerate(group_folds(groups, most)) for i in held}


@pytest.mark.parametrize("count", [3, 20, 400])
def test_every_row_is_held_out_once_with_its_whole_group(count):
    groups = [f"g{i % count}" for i in range(1000)]
    folds = list(group_folds(groups, 5))
    assert len(folds) == min(5, count)
    assert sorted(i for _, held in folds for i in held) == list(range(1000))
    for train, held in folds:
        assert not {groups[i] for i in train} & {groups[i] for i in held}


def test_groups_that_join_leave_the_others_where_they_were():
    shipped = [f"shipped{i}" for i in range(300)]
    before = dealt(shipped, 5)
    after = dealt(["own:a", "own:b", *shipped, "own:c"], 5)
    assert {name: after[name] for name in shipped} == before
    sizes = [list(before.values()).count(fold) for fold in range(5)]
    assert min(sizes) > 40


def test_one_group_cannot_be_dealt():
    with pytest.raises(ValueError, match=r"groups|splits"):
        list(group_folds(["a", "a"], 5))
