"""PyTorch's older names of sparse tensors."""

import subprocess
import sys

import pytest

import tinytorch as torch

pytestmark = pytest.mark.filterwarnings("ignore:torch.sparse.SparseTensor", "ignore:Sparse invariant checks")


def test_a_class_of_tensors_makes_one_of_places_values_and_a_shape():
    places, values = torch.tensor([[0, 1], [1, 0]]), torch.tensor([1.0, 2.0])
    s = torch.sparse.FloatTensor(places, values, torch.Size([2, 3]))
    assert s.to_dense().tolist() == [[0.0, 1.0, 0.0], [2.0, 0.0, 0.0]] and isinstance(s, torch.sparse.FloatTensor)
    assert not isinstance(s, torch.sparse.LongTensor) and not isinstance(values, torch.sparse.FloatTensor)
    assert torch.sparse.FloatTensor(places, values).shape == (2, 2)
    assert torch.sparse.LongTensor(2, 3).dtype is torch.int64 and torch.sparse.FloatTensor().shape == (0,)
    assert repr(torch.sparse.FloatTensor) == "<class 'torch.sparse.FloatTensor'>"


def test_anything_else_is_refused():
    with pytest.raises(
        TypeError, match=r"^new\(\) received an invalid combination of arguments - got \(list, Tensor\)"
    ):
        torch.sparse.FloatTensor([[0]], torch.ones(1))


def test_each_form_is_deprecated_once():
    program = (
        "import warnings, tinytorch as torch\n"
        "with warnings.catch_warnings(record=True) as found:\n"
        "    warnings.simplefilter('always')\n"
        "    for _ in range(2):\n"
        "        torch.sparse.FloatTensor(torch.tensor([[0]]), torch.ones(1), torch.Size([2]))\n"
        "print(len(found), found[0].lineno, str(found[0].message))\n"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout.startswith(
        "1 5 torch.sparse.SparseTensor(indices, values, shape, *, device=) is deprecated.  Please use "
        "torch.sparse_coo_tensor(indices, values, shape, dtype=, device=)."
    )


def test_checks_last_for_a_function():
    @torch.sparse.check_sparse_tensor_invariants(True)
    def wrong():
        torch.sparse_coo_tensor([[5]], [1.0], (2,))

    with pytest.raises(RuntimeError, match=r"^size is inconsistent with indices"):
        wrong()
