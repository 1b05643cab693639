"""The steps of optimizers on the GPU, each in one pass over memory."""

from tinytorch.kernels import reference
from tinytorch.kernels.cuda.source import PACK, THREADS, TYPES, entry, replace, sources

# `moved` gives the new parameter and changes the other states; STATES and NUMBERS are how many there are of each.
WALK = r"""
template <typename T> struct alignas(16) Pack { T at[16 / sizeof(T)]; };

template <typename T> struct Step {
    T number[NUMBERS];

    __device__ __forceinline__ T moved(T param, T grad, T* state) const { BODY }
};

// The first `packs` packs are moved whole, what lies behind them one by one.
template <typename T>
__device__ __forceinline__ void walk(
        T* param, const T* grad, T** state, Step<T> step, long long size, long long packs) {
    constexpr int width = 16 / sizeof(T);
    const long long stride = (long long)gridDim.x * blockDim.x;
    const long long first = (long long)blockIdx.x * blockDim.x + threadIdx.x;
    for (long long i = first; i < packs; i += stride) {
        Pack<T> p = ((Pack<T>*)param)[i], s[STATES + 1];
        const Pack<T> g = ((const Pack<T>*)grad)[i];
        #pragma unroll
        for (int j = 0; j < STATES; ++j) s[j] = ((Pack<T>*)state[j])[i];
        #pragma unroll
        for (int k = 0; k < width; ++k) {
            T now[STATES + 1];
            #pragma unroll
            for (int j = 0; j < STATES; ++j) now[j] = s[j].at[k];
            p.at[k] = step.moved(p.at[k], g.at[k], now);
            #pragma unroll
            for (int j = 0; j < STATES; ++j) s[j].at[k] = now[j];
        }
        ((Pack<T>*)param)[i] = p;
        #pragma unroll
        for (int j = 0; j < STATES; ++j) ((Pack<T>*)state[j])[i] = s[j];
    }
    for (long long i = packs * width + first; i < size; i += stride) {
        T now[STATES + 1];
        #pragma unroll
        for (int j = 0; j < STATES; ++j) now[j] = state[j][i];
        param[i] = step.moved(param[i], grad[i], now);
        #pragma unroll
        for (int j = 0; j < STATES; ++j) state[j][i] = now[j];
    }
}
"""
ENTRY = """
extern "C" __global__ void NAME_TYPE(TYPE* param, const TYPE* grad, POINTERS VALUES long long size, long long packs) {
    TYPE* state[STATES + 1] = {LIST};
    const Step<TYPE> step{{CASTS}};
    walk<TYPE>(param, grad, state, step, size, packs);
}
"""
ADAM = """
        const T weight = number[0], keep = number[1], share = number[2], root = number[3], eps = number[4];
        state[0] = state[0] + weight * (grad - state[0]);
        state[1] = state[1] * keep + share * grad * grad;
        return param + number[5] * state[0] / (sqrt(state[1]) / root + eps);
"""
DESCENT = "return param + number[0] * (number[1] != T(0) ? grad + number[1] * param : grad);"
MOMENTUM = """
        const T now = number[1] != T(0) ? grad + number[1] * param : grad;
        state[0] = state[0] * number[2] + number[3] * now;
        return param + number[0] * (number[4] != T(0) ? now + number[2] * state[0] : state[0]);
"""


class Walk:
    """A kernel over a parameter, its gradient and `states` further arrays, of float32 or float64, with `numbers`."""

    def __init__(self, name, states, numbers, body):
        self.name = name
        places, values = range(states), range(numbers)
        words = {
            "NAME": name,
            "BODY": body,
            "STATES": str(states),
            "NUMBERS": str(numbers),
            "POINTERS": "".join([f"TYPE* state{each}, " for each in places]),
            "VALUES": "".join([f"double number{each}, " for each in values]),
            "LIST": ", ".join([f"state{each}" for each in places]),
            "CASTS": ", ".join([f"(TYPE)number{each}" for each in values]),
        }
        entries = [replace(ENTRY, words | {"TYPE": kind}) for kind in TYPES.values()]
        sources[name] = self.text = replace(WALK, words) + "".join(entries)

    def __call__(self, arrays, numbers):
        """Run on all elements, on CuPy's current stream; False, and nothing done, where it does not apply."""
        param, size = arrays[0], arrays[0].size
        if param.dtype.char not in TYPES or any(
            each.dtype != param.dtype or not each.flags.c_contiguous for each in arrays
        ):
            return False
        if size:
            aligned = all(each.data.ptr % PACK == 0 for each in arrays)
            packs = size * param.itemsize // PACK if aligned else 0
            blocks = min(-(-max(packs, size - packs * (PACK // param.itemsize)) // THREADS), 2**31 - 1)
            kernel = entry(self.text, f"{self.name}_{TYPES[param.dtype.char]}", param.data.device_id)
            kernel((blocks,), (THREADS,), (*arrays, *[float(each) for each in numbers], size, packs))
        return True


adam_walk = Walk("adam_step", 2, 6, ADAM)
descent_walk = Walk("descent", 0, 2, DESCENT)
momentum_walk = Walk("momentum", 1, 5, MOMENTUM)


def adam_step(param, grad, exp_avg, exp_avg_sq, max_exp_avg_sq, step_size, betas, root, eps):
    """The means of the gradient and of its square, and then the parameter, all in place.

    `root` is the root of 1 - betas[1] ** steps, `step_size` the learning rate over 1 - betas[0] ** steps;
    `max_exp_avg_sq` is None, or the largest mean of the square so far.
    """
    if max_exp_avg_sq is None and betas[0] > 0.5:
        numbers = (1 - betas[0], betas[1], 1 - betas[1], root, eps, -step_size)
        if adam_walk((param, grad, exp_avg, exp_avg_sq), numbers):
            return
    import cupy

    reference.adam_step(cupy, param, grad, exp_avg, exp_avg_sq, max_exp_avg_sq, step_size, betas, root, eps)


def sgd_step(param, grad, buffer, lr, momentum, dampening, weight_decay, nesterov):
    """The buffer of the momentum, which is None without it, and then the parameter, both in place."""
    if buffer is None:
        done = descent_walk((param, grad), (-lr, weight_decay))
    else:
        done = momentum_walk((param, grad, buffer), (-lr, weight_decay, momentum, 1 - dampening, nesterov))
    if not done:
        import cupy

        reference.sgd_step(cupy, param, grad, buffer, lr, momentum, dampening, weight_decay, nesterov)
