"""Order: stable, NaN last, named results, and gradients that find their places."""

import math

import tinytorch as torch


def test_equal_elements_keep_their_order_in_both_directions():
    x = torch.tensor([2, 1, 2, 1])
    assert x.sort().indices.tolist() == [1, 3, 0, 2]
    assert x.sort(descending=True).indices.tolist() == [0, 2, 1, 3]


def test_nan_counts_as_the_largest():
    x = torch.tensor([1.0, math.nan, 0.0])
    assert x.argsort().tolist() == [2, 0, 1]
    assert x.topk(1).indices.tolist() == [1]


def test_results_have_names_and_print_them():
    found = torch.tensor([2.0, 1.0]).sort()
    assert repr(found) == "torch.return_types.sort(\nvalues=tensor([1., 2.]),\nindices=tensor([1, 0]))"


def test_gradients_go_back_to_where_the_elements_stood():
    x = torch.tensor([3.0, 1.0, 2.0], requires_grad=True)
    (x.sort().values * torch.tensor([1.0, 2.0, 3.0])).sum().backward()
    assert x.grad.tolist() == [3.0, 1.0, 2.0]


def test_search_in_rows_agrees_with_search_in_each_row():
    rows = torch.tensor([[1.0, 2.0, 2.0], [0.0, 5.0, 9.0]])
    values = torch.tensor([[2.0, 3.0], [5.0, -1.0]])
    for right in (False, True):
        found = torch.searchsorted(rows, values, right=right)
        assert found.tolist() == [torch.searchsorted(rows[n], values[n], right=right).tolist() for n in (0, 1)]


def test_distinct_elements_rebuild_the_input():
    x = torch.tensor([[3, 1], [3, 2]])
    values, inverse, counts = torch.unique(x, return_inverse=True, return_counts=True)
    assert values[inverse].tolist() == x.tolist()
    assert counts.tolist() == [1, 1, 2]
