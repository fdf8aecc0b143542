"""Networks trained on rows that do not all count alike, by PyTorch: writes weights.json.

    pip install "torch==2.13.*" && python weights.py

Eleven rows in batches of 4 in the file's order, the last of 3; three epochs. The loss of a batch is the sum of what the
rows lose, each times its weight, over the sum of the weights: CrossEntropyLoss(weight=…) divides so by itself, the others
are written out. Weights are in PyTorch's order, [out, in].
"""

import torch
from torch import nn

from write import write

torch.set_default_dtype(torch.float64)
torch.manual_seed(5)

x = torch.randn(11, 3)
labels = torch.tensor([0, 1, 2, 0, 0, 1, 0, 2, 0, 0, 1])
numbers = torch.randn(11, 2)
weights = torch.tensor([1.0, 0.5, 2.0, 0.0, 3.0, 1.0, 0.25, 1.5, 1.0, 4.0, 0.125])
classes = torch.tensor([0.5, 2.0, 3.0])

count = torch.bincount(labels)
balanced = len(labels) / (3 * count)


def summed(per_output, w):
    """Σ ω·l / (Σ ω · outputs)."""
    return (w[:, None] * per_output).sum() / (w.sum() * per_output.shape[1])


bits = (numbers > 0).double()
cases = {
    "crossEntropy, classes": (3, lambda y, b: nn.CrossEntropyLoss(weight=classes)(y, labels[b]), "adam"),
    "crossEntropy, balanced": (3, lambda y, b: nn.CrossEntropyLoss(weight=balanced)(y, labels[b]), "sgd"),
    "crossEntropy, rows and classes": (
        3,
        lambda y, b: (
            (w := weights[b] * classes[labels[b]]) * nn.functional.cross_entropy(y, labels[b], reduction="none")
        ).sum()
        / w.sum(),
        "adam",
    ),
    "mse": (2, lambda y, b: summed((y - numbers[b]) ** 2, weights[b]), "adam"),
    "halfMse": (2, lambda y, b: summed((y - numbers[b]) ** 2, weights[b]), "sgd"),
    "huber": (2, lambda y, b: summed(nn.functional.huber_loss(y, numbers[b], reduction="none"), weights[b]), "sgd"),
    "binaryCrossEntropy": (
        2,
        lambda y, b: summed(
            nn.functional.binary_cross_entropy_with_logits(y, bits[b], reduction="none"), weights[b]
        ),
        "adam",
    ),
}


def state(net):
    return {k: v.tolist() for k, v in net.state_dict().items()}


document = {
    "data": {
        "inputs": x.tolist(),
        "labels": labels.tolist(),
        "numbers": numbers.tolist(),
        "bits": bits.tolist(),
        "weights": weights.tolist(),
        "classes": classes.tolist(),
        "balanced": balanced.tolist(),
    }
}
for name, (outputs, loss_of, optimizer_name) in cases.items():
    net = nn.Sequential(nn.Linear(3, 4), nn.Tanh(), nn.Linear(4, outputs))
    before = state(net)
    optimizer = (
        torch.optim.Adam(net.parameters(), lr=0.05)
        if optimizer_name == "adam"
        else torch.optim.SGD(net.parameters(), lr=0.1, momentum=0.9)
    )
    losses = []
    for _ in range(3):
        for start in range(0, 11, 4):
            batch = torch.arange(start, min(start + 4, 11))
            optimizer.zero_grad()
            loss = loss_of(net(x[batch]), batch)
            loss.backward()
            optimizer.step()
            losses.append(loss.item())
    every = torch.arange(11)
    document[name] = {
        "optimizer": optimizer_name,
        "before": before,
        "batches": losses,
        "after": state(net),
        "final": loss_of(net(x), every).item(),
    }
write(__file__, document)
