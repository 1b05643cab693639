"""Results of `out=` and their names, and counts."""

import pytest

import tinytorch as torch


@pytest.mark.parametrize("name", ["max", "min", "sort", "topk", "cummax", "cummin", "kthvalue", "median", "mode"])
def test_results_in_out_are_named_as_pytorch_names_them(name):
    values, indices = torch.empty(0), torch.empty(0, dtype=torch.int64)
    arguments = {"topk": (2,), "kthvalue": (2,)}.get(name, (0,) if name != "sort" else ())
    found = getattr(torch, name)(torch.tensor([3.0, 1.0, 2.0]), *arguments, out=(values, indices))
    assert type(found).__name__ == f"{name}_out" and found.values is values and found.indices is indices


def test_indices_go_into_int64_only():
    with pytest.raises(RuntimeError, match="Expected out tensor to have dtype long int, but got int instead"):
        torch.max(torch.ones(2), 0, out=(torch.empty(0), torch.empty(0, dtype=torch.int32)))
    with pytest.raises(RuntimeError, match="Expected out tensor to have dtype long int, but got float instead"):
        torch.argmax(torch.ones(2), out=torch.empty(0))


def test_a_refused_out_stays_as_it_was():
    values = torch.empty(0)
    with pytest.raises(RuntimeError, match="expected scalar_type Long but found Float"):
        torch.cummax(torch.ones(2), 0, out=(values, torch.empty(0)))
    assert values.shape == (0,) and values._version == 0


def test_a_running_sum_is_computed_in_the_dtype_of_out():
    out = torch.empty(0, dtype=torch.int64)
    assert torch.cumsum(torch.tensor([1.7, 1.7]), 0, out=out) is out and out.tolist() == [1, 2]


def test_histograms_have_no_derivative_in_backward():
    hist, edges = torch.histogram(torch.tensor([1.0, 2.0], requires_grad=True), 2)
    assert hist.grad_fn is not None and edges.tolist() == [1, 1.5, 2]
    with pytest.raises(RuntimeError, match="derivative for aten::histogram is not implemented"):
        hist.sum().backward()


def test_edges_that_are_given_are_those_of_a_grid():
    edges = torch.tensor([0.0, 1.0, 2.0])
    found = torch.histogramdd(torch.tensor([[0.5], [1.0], [2.0], [2.5]]), [edges])
    assert found.hist.tolist() == [1, 2] and found.bin_edges[0] is edges


def test_quantiles_have_a_gradient_for_their_place():
    place = torch.tensor(0.25, requires_grad=True)
    torch.quantile(torch.tensor([1.0, 3.0, 9.0]), place).backward()
    assert place.grad == 4  # 2 elements on, 2 apart


def test_masks_of_more_dimensions_than_the_input_are_refused():
    with pytest.raises(IndexError, match="_input_mask expected broadcastable mask"):
        torch.masked.sum(torch.ones(2), mask=torch.ones(1, 2, dtype=torch.bool))


def test_whole_numbers_without_an_identity_are_refused_by_masked_extremes():
    with pytest.raises(NotImplementedError, match=r"identity of amax on torch\.bool input"):
        torch.masked.amax(torch.tensor([True]), mask=torch.tensor([True]))
