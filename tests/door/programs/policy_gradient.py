"""REINFORCE for a walk along a corridor, without a library of games."""

import torch
import torch.nn as nn
import torch.nn.functional as F
import torch.optim as optim

torch.manual_seed(543)


class Corridor:
    """Five fields; the walk begins in the middle and ends at either end: the right one gives a reward."""

    def reset(self):
        self.place = 2
        return self.observe()

    def observe(self):
        return F.one_hot(torch.tensor(self.place), 5).float()

    def step(self, action):
        self.place += 1 if action == 1 else -1
        done = self.place in (0, 4)
        return self.observe(), 1.0 if self.place == 4 else -0.1, done


class Policy(nn.Module):
    def __init__(self):
        super(Policy, self).__init__()
        self.affine1 = nn.Linear(5, 16)
        self.affine2 = nn.Linear(16, 2)
        self.saved_log_probs = []
        self.rewards = []

    def forward(self, x):
        return F.softmax(self.affine2(F.relu(self.affine1(x))), dim=-1)


policy = Policy()
optimizer = optim.RMSprop(policy.parameters(), lr=1e-2)
env = Corridor()
running = 0.0
for episode in range(1, 61):
    state, done = env.reset(), False
    while not done:
        probs = policy(state)
        action = torch.multinomial(probs, 1)
        policy.saved_log_probs.append(torch.log(probs[action]))
        state, reward, done = env.step(action.item())
        policy.rewards.append(reward)
    R, returns = 0, []
    for r in policy.rewards[::-1]:
        R = r + 0.99 * R
        returns.insert(0, R)
    returns = torch.tensor(returns)
    policy_loss = torch.cat([-log_prob * R for log_prob, R in zip(policy.saved_log_probs, returns)]).sum()
    optimizer.zero_grad()
    policy_loss.backward()
    optimizer.step()
    running = 0.1 * sum(policy.rewards) + 0.9 * running
    if episode % 15 == 0:
        length = len(policy.rewards)
        print(f"Episode {episode}\tLast length: {length:2d}\tLast reward: {R:.2f}\tAverage reward: {running:.2f}")
    del policy.rewards[:], policy.saved_log_probs[:]
with torch.no_grad():
    print(torch.stack([policy(F.one_hot(torch.tensor(place), 5).float()) for place in range(5)]).argmax(dim=1))
