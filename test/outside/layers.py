"""Networks with normalization and residual layers, trained by PyTorch: writes layers.json.

    pip install "torch==2.13.*" && python layers.py

Full batches of 6 rows, plain gradient descent with rate 0.1, half the mean square, five steps; then the outputs in
evaluation mode. Weights are in PyTorch's order, [out, in].
"""

import torch
from torch import nn

from write import write

torch.set_default_dtype(torch.float64)
torch.manual_seed(3)


class Residual(nn.Module):
    def __init__(self, *layers):
        super().__init__()
        self.layers = nn.Sequential(*layers)

    def forward(self, x):
        return x + self.layers(x)


nets = {
    "batchNorm": nn.Sequential(nn.Linear(3, 4), nn.BatchNorm1d(4), nn.Tanh(), nn.Linear(4, 2)),
    "batchNorm, options": nn.Sequential(nn.Linear(3, 4), nn.BatchNorm1d(4, eps=0.01, momentum=0.3, affine=False), nn.Linear(4, 2)),
    "layerNorm": nn.Sequential(nn.Linear(3, 4), nn.LayerNorm(4), nn.Sigmoid(), nn.Linear(4, 2)),
    "layerNorm, options": nn.Sequential(nn.LayerNorm(3, eps=0.02, elementwise_affine=False), nn.Linear(3, 2)),
    "residual": nn.Sequential(
        nn.Linear(3, 4), Residual(nn.Linear(4, 5), nn.Tanh(), nn.Linear(5, 4), nn.LayerNorm(4)), nn.Linear(4, 2)
    ),
}
x = torch.randn(6, 3)
t = torch.randn(6, 2)
document = {"data": {"inputs": x.tolist(), "targets": t.tolist()}}


def state(net):
    return {k: v.tolist() for k, v in net.state_dict().items() if not k.endswith("num_batches_tracked")}


for name, net in nets.items():
    before = state(net)
    optimizer = torch.optim.SGD(net.parameters(), lr=0.1)
    losses = []
    net.train()
    for _ in range(5):
        optimizer.zero_grad()
        loss = ((net(x) - t) ** 2).sum() / (2 * len(x))
        loss.backward()
        optimizer.step()
        losses.append(loss.item())
    net.eval()
    document[name] = {"before": before, "losses": losses, "after": state(net), "outputs": net(x).tolist()}
write(__file__, document)
