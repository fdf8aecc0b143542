"""Running averages of weights, by PyTorch in float64: writes averages.json.

    pip install "torch==2.13.*" numpy && python averages.py

The averages are AveragedModel's with get_ema_multi_avg_fn, updated after each of forty full-batch steps. The network of
optimizers.py has batchNorm after its first layer: running values are buffers, which AveragedModel copies. Each case
holds the plain and the averaged tensors after the first three updates and after the last, and the loss of the averaged
model, evaluated, then.
"""

import torch
from torch.optim.swa_utils import AveragedModel, get_ema_multi_avg_fn

from optimizers import EXPERIMENT, optimizer_of
from write import write

torch.set_default_dtype(torch.float64)

STEPS = 40
NETWORK = {
    "inputs": 3,
    "layers": [EXPERIMENT["network"]["layers"][0], {"batchNorm": True}, EXPERIMENT["network"]["layers"][1]],
}
NAMES = {
    "0.weight": "layers.0.weight",
    "0.bias": "layers.0.bias",
    "2.weight": "layers.1.weight",
    "2.bias": "layers.1.bias",
    "2.running_mean": "layers.1.runningMean",
    "2.running_var": "layers.1.runningVariance",
    "3.weight": "layers.2.weight",
    "3.bias": "layers.2.bias",
}


def model():
    net = torch.nn.Sequential(
        torch.nn.Linear(3, 4), torch.nn.Tanh(), torch.nn.BatchNorm1d(4), torch.nn.Linear(4, 2)
    )
    with torch.no_grad():
        for at, layer in [(0, NETWORK["layers"][0]), (3, NETWORK["layers"][2])]:
            net[at].weight.copy_(torch.tensor(layer["weight"]).T)
            net[at].bias.copy_(torch.tensor(layer["bias"]))
    return net


def numbers(module):
    """By our addresses, weights [in, out]."""
    tensors = module.state_dict()
    return {ours: (t.T if t.dim() == 2 else t).tolist() for theirs, ours in NAMES.items() for t in [tensors[theirs]]}


def run(name, rate, options, decay):
    training = {"loss": "mse", "optimizer": {"name": name, "learningRate": rate, **options}, "ema": decay}
    net = model()
    average = AveragedModel(net, multi_avg_fn=get_ema_multi_avg_fn(decay))
    optimizer = optimizer_of(training["optimizer"], net.parameters())
    inputs, targets = (torch.tensor(EXPERIMENT["data"][part]) for part in ("inputs", "targets"))
    after = {}
    for step in range(1, STEPS + 1):
        optimizer.zero_grad()
        torch.nn.functional.mse_loss(net(inputs), targets).backward()
        optimizer.step()
        average.update_parameters(net)
        if step <= 3 or step == STEPS:
            after[step] = {"plain": numbers(net), "average": numbers(average.module)}
    average.eval()
    with torch.no_grad():
        loss = torch.nn.functional.mse_loss(average(inputs), targets).item()
    return {"training": training, "after": after, "loss": loss}


write(
    __file__,
    {
        "torch": torch.__version__,
        "experiment": {"network": NETWORK, "data": EXPERIMENT["data"]},
        "cases": [
            run("sgd", 0.1, {}, 0.9),
            run("sgd", 0.1, {"momentum": 0.9}, 0.99),
            run("adam", 0.02, {}, 0.5),
            run("adamW", 0.02, {}, 0.999),
        ],
    },
)
