"""A function with a backward of its own, checked and used in a fit of the sine; hooks and higher derivatives."""

import math

import torch
from torch.autograd import Function, Variable, gradcheck


class LegendrePolynomial3(Function):
    @staticmethod
    def forward(ctx, input):
        ctx.save_for_backward(input)
        return 0.5 * (5 * input**3 - 3 * input)

    @staticmethod
    def backward(ctx, grad_output):
        (input,) = ctx.saved_tensors
        return grad_output * 1.5 * (5 * input**2 - 1)


class Clipped(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x, low, high):
        ctx.low, ctx.high = low, high
        ctx.save_for_backward(x)
        return x.clamp(low, high)

    @staticmethod
    def backward(ctx, grad):
        (x,) = ctx.saved_tensors
        print("backward asks for", ctx.needs_input_grad)
        return grad * ((x > ctx.low) & (x < ctx.high)), None, None


x = torch.linspace(-math.pi, math.pi, 200)
y = torch.sin(x)
a, b, c, d = [torch.full((), value, requires_grad=True) for value in (0.0, -1.0, 0.0, 0.3)]
P3 = LegendrePolynomial3.apply
for t in range(201):
    y_pred = a + b * P3(c + d * x)
    loss = (y_pred - y).pow(2).mean()
    if t % 100 == 0:
        print(t, f"{loss.item():.4f}")
    loss.backward()
    with torch.no_grad():
        for each in (a, b, c, d):
            each -= 1e-2 * each.grad
            each.grad = None
print(f"Result: y = {b.item():.3f} * P3({d.item():.3f} x)", abs(a.item()) < 1e-3, abs(c.item()) < 1e-3)
print(y_pred.grad_fn is not None, loss)

print(gradcheck(P3, torch.tensor([0.3, -0.7], dtype=torch.double, requires_grad=True)))
v = Variable(torch.tensor([-2.0, 0.5, 2.0]), requires_grad=True)
v.register_hook(lambda grad: print("hook", grad))
out = Clipped.apply(v, -1.0, 1.0)
out.sum().backward()
print(out, v.grad)

z = torch.tensor(0.5, requires_grad=True)
(first,) = torch.autograd.grad(z.exp() * z.sin(), z, create_graph=True)
(second,) = torch.autograd.grad(first, z)
print(first, second)
print(torch.autograd.functional.hessian(lambda p: (p**3).sum(), torch.tensor([1.0, 2.0])))
