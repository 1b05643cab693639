"""The step of Adam on the GPU, in one pass over memory."""

from tinytorch.kernels import reference
from tinytorch.kernels.cuda.source import PACK, THREADS, TYPES, load, sources

ADAM = r"""
template <typename T> struct alignas(16) Pack { T at[16 / sizeof(T)]; };

template <typename T> struct Adam {
    T weight, keep, share, root, eps, step;

    __device__ __forceinline__ void move(T& param, T grad, T& mean, T& square) const {
        mean = mean + weight * (grad - mean);
        square = square * keep + share * grad * grad;
        param = param + step * mean / (sqrt(square) / root + eps);
    }
};

// The first `packs` packs are moved whole, what lies behind them one by one.
template <typename T>
__device__ __forceinline__ void walk(T* param, const T* grad, T* mean, T* square, Adam<T> adam, long long size, long long packs) {
    constexpr int width = 16 / sizeof(T);
    const long long stride = (long long)gridDim.x * blockDim.x, first = (long long)blockIdx.x * blockDim.x + threadIdx.x;
    for (long long i = first; i < packs; i += stride) {
        Pack<T> p = ((Pack<T>*)param)[i], m = ((Pack<T>*)mean)[i], s = ((Pack<T>*)square)[i];
        const Pack<T> g = ((const Pack<T>*)grad)[i];
        #pragma unroll
        for (int k = 0; k < width; ++k) adam.move(p.at[k], g.at[k], m.at[k], s.at[k]);
        ((Pack<T>*)param)[i] = p;
        ((Pack<T>*)mean)[i] = m;
        ((Pack<T>*)square)[i] = s;
    }
    for (long long i = packs * width + first; i < size; i += stride) adam.move(param[i], grad[i], mean[i], square[i]);
    return;
}
"""
ENTRY = """
extern "C" __global__ void adam_step_TYPE(TYPE* param, const TYPE* grad, TYPE* mean, TYPE* square, double weight,
        double keep, double share, double root, double eps, double step, long long size, long long packs) {
    const Adam<TYPE> adam{(TYPE)weight, (TYPE)keep, (TYPE)share, (TYPE)root, (TYPE)eps, (TYPE)step};
    walk<TYPE>(param, grad, mean, square, adam, size, packs);
}
"""
sources["adam_step"] = text = ADAM + "".join([ENTRY.replace("TYPE", each) for each in TYPES.values()])


def adam_step(param, grad, exp_avg, exp_avg_sq, max_exp_avg_sq, step_size, betas, root, eps):
    """The means of the gradient and of its square, and then the parameter, all in place.

    `root` is the root of 1 - betas[1] ** steps, `step_size` the learning rate over 1 - betas[0] ** steps;
    `max_exp_avg_sq` is None, or the largest mean of the square so far.
    """
    arrays = (param, grad, exp_avg, exp_avg_sq)
    char, size = param.dtype.char, param.size
    fit = char in TYPES and all(each.dtype == param.dtype and each.flags.c_contiguous for each in arrays)
    if not fit or max_exp_avg_sq is not None or betas[0] <= 0.5:
        import cupy

        return reference.adam_step(
            cupy, param, grad, exp_avg, exp_avg_sq, max_exp_avg_sq, step_size, betas, root, eps
        )
    if size == 0:
        return
    aligned = all(each.data.ptr % PACK == 0 for each in arrays)
    packs = size * param.itemsize // PACK if aligned else 0
    blocks = min(-(-max(packs, size - packs * (PACK // param.itemsize)) // THREADS), 2**31 - 1)
    settings = [float(each) for each in (1 - betas[0], betas[1], 1 - betas[1], root, eps, -step_size)]
    load(text).get_function(f"adam_step_{TYPES[char]}")((blocks,), (THREADS,), (*arrays, *settings, size, packs))
