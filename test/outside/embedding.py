"""Networks whose inputs are partly indices, embedded, by PyTorch: writes embedding.json.

    pip install "torch==2.13.*" && python embedding.py

Columns 1 and 3 of the rows are indices; their rows of nn.Embedding stand where the indices stood. Eight rows in batches
of 3 in the file's order, the last of 2, half the mean square, two epochs: 6 steps.
Indices repeat within a batch, so that their gradients add up.
"""

import torch
from torch import nn

from write import write

torch.set_default_dtype(torch.float64)
torch.manual_seed(11)

x = torch.randn(8, 4)
x[:, 1] = torch.tensor([0, 2, 2, 4, 1, 1, 1, 3])
x[:, 3] = torch.tensor([1, 1, 1, 0, 2, 0, 2, 2])
t = torch.randn(8, 2)


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.embedding1 = nn.Embedding(5, 3)
        self.embedding3 = nn.Embedding(3, 2)
        self.hidden = nn.Linear(7, 4)
        self.out = nn.Linear(4, 2)

    def forward(self, x):
        parts = [x[:, 0:1], self.embedding1(x[:, 1].long()), x[:, 2:3], self.embedding3(x[:, 3].long())]
        return self.out(torch.tanh(self.hidden(torch.cat(parts, 1))))


def state(net):
    return {k: v.tolist() for k, v in net.state_dict().items()}


document = {"data": {"inputs": x.tolist(), "targets": t.tolist()}}
optimizers = {
    "sgd": lambda p: torch.optim.SGD(p, lr=0.1),
    "sgd, momentum and weight decay": lambda p: torch.optim.SGD(p, lr=0.1, momentum=0.9, weight_decay=0.01),
    "adam": lambda p: torch.optim.Adam(p, lr=0.05),
}
for name, make in optimizers.items():
    net = Net()
    before = state(net)
    optimizer = make(net.parameters())
    losses = []
    for _ in range(2):
        for start in range(0, 8, 3):
            batch = slice(start, min(start + 3, 8))
            optimizer.zero_grad()
            loss = ((net(x[batch]) - t[batch]) ** 2).sum() / (2 * len(x[batch]))
            loss.backward()
            optimizer.step()
            losses.append(loss.item())
    document[name] = {"before": before, "batches": losses, "after": state(net), "outputs": net(x).tolist()}
write(__file__, document)
