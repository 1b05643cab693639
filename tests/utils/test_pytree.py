"""torch.utils._pytree: leaves of nested containers, of registered classes and those that a program chooses."""

from collections import OrderedDict, defaultdict, deque, namedtuple

import pytest

from tinytorch.utils import _pytree

Point = namedtuple("Point", "x y")
TREE = {"b": (1, [2, None]), "a": OrderedDict(z=Point(3, 4)), "d": deque([5], maxlen=3), "e": defaultdict(list, q=6)}


def test_a_tree_comes_back_of_its_leaves():
    leaves, structure = _pytree.tree_flatten(TREE)
    assert leaves == [1, 2, None, 3, 4, 5, 6] and structure.num_leaves == 7
    again = _pytree.tree_unflatten(leaves, structure)
    assert again == TREE and again["d"].maxlen == 3 and again["e"].default_factory is list
    with pytest.raises(ValueError, match="has length 1 but the spec refers to a pytree that holds 7 items"):
        _pytree.tree_unflatten([1], structure)


def test_a_function_is_asked_about_each_leaf():
    assert _pytree.tree_map(lambda a, b: a + b, [1, (2, 3)], [10, (20, 30)]) == [11, (22, 33)]
    assert _pytree.tree_map_only(int, lambda each: -each, [1, "a", 2.0]) == [-1, "a", 2.0]
    assert _pytree.tree_map_only(lambda each: each == 1, lambda each: 0, (1, 2)) == (0, 2)
    assert _pytree.tree_leaves([1, (2, 3)], is_leaf=lambda each: isinstance(each, tuple)) == [1, (2, 3)]
    assert _pytree.tree_all(bool, [1, [2]]) and _pytree.tree_any(bool, [0, [1]])
    assert _pytree.tree_all_only(int, bool, [1, ""]) and not _pytree.tree_any_only(str, bool, [1, ""])


@pytest.mark.parametrize(
    ("other", "words"),
    [((1, 2), "Node type mismatch; expected <class 'list'>"), ([1], "Node arity mismatch; expected 2, but got 1")],
)
def test_trees_of_other_structures_are_refused(other, words):
    with pytest.raises(ValueError, match=words):
        _pytree.tree_map(lambda a, b: a, [1, 2], other)


def test_a_class_of_the_program_s_can_be_a_node():
    class Pair:
        def __init__(self, first, second):
            self.first, self.second = first, second

    _pytree.register_pytree_node(
        Pair, lambda pair: ([pair.first, pair.second], "note"), lambda parts, note: Pair(*parts)
    )
    doubled = _pytree.tree_map(lambda each: each * 2, [Pair(1, (2, 3))])
    assert (doubled[0].first, doubled[0].second) == (2, (4, 6))
    assert repr(_pytree.tree_structure(Pair(1, 2))) == "TreeSpec(Pair, note, [*,\n  *])"
    with pytest.raises(ValueError, match="is already registered as pytree node"):
        _pytree.register_pytree_node(Pair, None, None)


def test_structures_are_compared():
    assert _pytree.tree_structure([1, (2,)]) == _pytree.tree_structure(["a", (None,)])
    assert _pytree.tree_structure([1]) != _pytree.tree_structure((1,))
    assert _pytree.tree_structure(3).is_leaf()


def test_classes_that_are_dictionaries_are_registered_with_the_functions_of_dictionaries():
    parts, keys = _pytree._dict_flatten_with_keys({"loss": 1, "logits": 2})
    assert [str(place) for place, _ in parts] == ["['loss']", "['logits']"] and parts[1][0].get({"logits": 5}) == 5
    assert _pytree._dict_flatten({"a": 1}) == ([1], ["a"]) and _pytree._dict_unflatten([3, 4], keys)["logits"] == 4
