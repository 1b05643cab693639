"""Schedules of the learning rate, groups of parameters, momentum, early stopping."""

import warnings

import torch
from torch import nn
from torch.optim import SGD, lr_scheduler

torch.manual_seed(5)
net = nn.Sequential(nn.Linear(4, 8), nn.ReLU(inplace=True), nn.Linear(8, 1))
groups = [{"params": net[0].parameters()}, {"params": net[2].parameters(), "lr": 0.02}]
optimizer = SGD(groups, lr=0.1, momentum=0.9, nesterov=True)
print(optimizer)
schedules = {
    "step": lambda o: lr_scheduler.StepLR(o, step_size=2, gamma=0.5),
    "multi": lambda o: lr_scheduler.MultiStepLR(o, milestones=[1, 3], gamma=0.1),
    "exponential": lambda o: lr_scheduler.ExponentialLR(o, gamma=0.9),
    "lambda": lambda o: lr_scheduler.LambdaLR(o, lr_lambda=lambda epoch: 0.95**epoch),
    "one cycle": lambda o: lr_scheduler.OneCycleLR(o, max_lr=[0.2, 0.05], total_steps=6),
    "warm restarts": lambda o: lr_scheduler.CosineAnnealingWarmRestarts(o, T_0=2),
    "warm-up": lambda o: lr_scheduler.SequentialLR(
        o, [lr_scheduler.LinearLR(o, 0.1, total_iters=2), lr_scheduler.ExponentialLR(o, 0.9)], milestones=[2]
    ),
}
x, y = torch.randn(32, 4), torch.randn(32, 1)
for name, make in schedules.items():
    for group, lr in zip(optimizer.param_groups, (0.1, 0.02)):
        group["lr"] = lr
        group.pop("initial_lr", None)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        scheduler = make(optimizer)
    rates = []
    for _ in range(5):
        optimizer.zero_grad()
        nn.functional.smooth_l1_loss(net(x), y).backward()
        optimizer.step()
        scheduler.step()
        rates.append([f"{rate:.5f}" for rate in scheduler.get_last_lr()])
    print(f"{name:>14}", rates)

plateau = lr_scheduler.ReduceLROnPlateau(optimizer, mode="min", factor=0.5, patience=1)
best, waited = float("inf"), 0
for epoch, value in enumerate([1.0, 0.8, 0.81, 0.82, 0.83, 0.5, 0.51, 0.52, 0.53]):
    plateau.step(value)
    waited = 0 if value < best else waited + 1
    best = min(best, value)
    print(epoch, value, [round(group["lr"], 6) for group in optimizer.param_groups])
    if waited > 2 and epoch > 6:
        print("stopped early at", epoch)
        break
print({key: len(value) for key, value in optimizer.state_dict().items()})
