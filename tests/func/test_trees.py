"""Trees of dictionaries, lists and tuples: what their leaves are, and that they come back as they were."""

from collections import OrderedDict, defaultdict, namedtuple

import pytest

import tinytorch as torch
from tinytorch.func.trees import broadcast_prefix, flatten, map_tree, unflatten

Point = namedtuple("Point", "x y")
TREES = [
    (5, [5]),
    (None, [None]),
    ((), []),
    ([1, (2, None)], [1, 2, None]),
    ({"b": 1, "a": [2, {}]}, [1, 2]),
    (OrderedDict(b=1, a=(2,)), [1, 2]),
    (defaultdict(list, b=1), [1]),
    (Point([1, 2], 3), [1, 2, 3]),
    (torch.Size((2, 3)), [2, 3]),
    ({1, 2}, [{1, 2}]),
]


@pytest.mark.parametrize(("tree", "leaves"), TREES, ids=repr)
def test_a_tree_comes_apart_into_leaves_and_back(tree, leaves):
    found, structure = flatten(tree)
    again = unflatten(found, structure)
    assert found == leaves and structure.count == len(leaves)
    assert again == tree and type(again) is type(tree)


def test_named_results_and_defaults_keep_their_class():
    largest = torch.max(torch.tensor([[1.0, 2.0]]), 1)
    again = map_tree(lambda leaf: leaf, largest)
    assert type(again) is type(largest) and again.values is largest[0]
    assert map_tree(lambda leaf: leaf, defaultdict(list, a=1))["new"] == []


def test_structures_are_equal_if_the_trees_differ_in_leaves_only():
    assert flatten([1, {"a": 2}])[1] == flatten([3, {"a": 4}])[1]
    assert hash(flatten([1])[1]) == hash(flatten([2])[1])
    for other in ([1, 2], (1, {"a": 2}), [1, {"b": 2}], [1, OrderedDict(a=2)], [{"a": 2}, 1]):
        assert flatten([1, {"a": 2}])[1] != flatten(other)[1]


def test_a_structure_shows_its_classes_and_keys():
    lines = ["TreeSpec(tuple, None, [TreeSpec(dict, ['a'], [*]),", "  TreeSpec(list, None, [*,", "    *])])"]
    assert repr(flatten(({"a": 1}, [2, 3]))[1]) == "\n".join(lines)


def test_the_number_of_leaves_has_to_fit():
    structure = flatten([1, 2])[1]
    for leaves in ([1], [1, 2, 3]):
        with pytest.raises(ValueError, match=f"a tree of 2 leaves cannot be made of {len(leaves)}"):
            unflatten(leaves, structure)


@pytest.mark.parametrize(
    ("prefix", "leaves"),
    [(0, [0, 0, 0]), ((0, 1), [0, 1, 1]), ((None, {"a": 1, "b": 2}), [None, 2, 1])],
)
def test_a_prefix_gives_each_leaf_one_value_by_keys(prefix, leaves):
    assert broadcast_prefix(prefix, flatten((7, {"b": 8, "a": 9}))[1]) == leaves


@pytest.mark.parametrize("prefix", [(0,), [0, 1], (0, (1, 2)), (0, {"a": 1}), ((0,), 1), (0, {"a": 1, "b": {"c": 1}})])
def test_a_prefix_of_another_form_fits_nothing(prefix):
    assert broadcast_prefix(prefix, flatten((7, {"b": 8, "a": 9}))[1]) is None
