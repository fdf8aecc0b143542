"""Sixty full-batch steps of each optimizer on one small network, by PyTorch in float64: writes optimizers.json.

    pip install "torch==2.13.*" numpy && python optimizers.py

Every optimizer is PyTorch's own in its single-tensor form, but for two that PyTorch lacks and that are written here
from their papers: `lion`, and `adam` with epsilonPlacement "beforeCorrection". Each case holds the loss before each of
the sixty updates, and the tensors after the first update and after the last. An option left out of a case has its
default, save the learning rate, which is always there.
"""

import torch
from torch import tensor

from write import write

torch.set_default_dtype(torch.float64)

STEPS = 60

# Weights are [in, out], ours and PyTorch's transposed. One starts at 0, where the derivative of l1·|w| counts as 0.
EXPERIMENT = {
    "network": {
        "inputs": 3,
        "layers": [
            {
                "dense": 4,
                "activation": "tanh",
                "weight": [[0.42, -0.31, 0.15, 0.6], [-0.57, 0.23, 0.38, -0.12], [0.09, 0.0, -0.64, 0.27]],
                "bias": [0.05, -0.1, 0.2, -0.03],
            },
            {
                "dense": 2,
                "activation": "linear",
                "weight": [[0.71, -0.28], [-0.45, 0.52], [0.33, 0.19], [-0.16, -0.61]],
                "bias": [0.12, -0.07],
            },
        ],
    },
    "data": {
        "inputs": [[0.8, -1.2, 0.35], [-0.5, 0.9, 1.1], [1.4, 0.25, -0.7], [-1.1, -0.6, 0.45], [0.15, 1.3, -0.95]],
        "targets": [[1.2, -0.4], [-0.9, 0.75], [0.3, 1.5], [0.65, -1.1], [-1.3, 0.2]],
    },
}


class Lion(torch.optim.Optimizer):
    """Chen et al., "Symbolic Discovery of Optimization Algorithms" (2023, arXiv 2302.06675), algorithm 2:

    c = beta1·m + (1 - beta1)·g;  w = w - rate·(sign(c) + decay·w);  m = beta2·m + (1 - beta2)·g
    """

    def __init__(self, params, lr, betas=(0.9, 0.99), weight_decay=0.0, foreach=False):
        super().__init__(params, {"lr": lr, "betas": betas, "weight_decay": weight_decay})

    @torch.no_grad()
    def step(self):
        for group in self.param_groups:
            beta1, beta2 = group["betas"]
            for w in group["params"]:
                m = self.state[w].get("m", torch.zeros_like(w))
                c = beta1 * m + (1 - beta1) * w.grad
                self.state[w]["m"] = beta2 * m + (1 - beta2) * w.grad
                w -= group["lr"] * (torch.sign(c) + group["weight_decay"] * w)


class AdamBeforeCorrection(torch.optim.Optimizer):
    """Kingma and Ba, "Adam" (2014, arXiv 1412.6980), the variant at the end of section 2, which TensorFlow has:

    w = w - rate·sqrt(1 - beta2^t)/(1 - beta1^t)·m/(sqrt(v) + epsilon)

    Epsilon meets v before its correction, while in algorithm 1 (PyTorch's Adam) it meets the corrected v. Weight decay
    is added to the gradient, and amsgrad puts the largest v so far in the place of v, both as in PyTorch.
    """

    def __init__(self, params, lr, betas=(0.9, 0.999), eps=1e-8, weight_decay=0.0, amsgrad=False, foreach=False):
        super().__init__(
            params, {"lr": lr, "betas": betas, "eps": eps, "weight_decay": weight_decay, "amsgrad": amsgrad}
        )
        self.t = 0

    @torch.no_grad()
    def step(self):
        self.t += 1
        for group in self.param_groups:
            beta1, beta2 = group["betas"]
            rate = group["lr"] * (1 - beta2**self.t) ** 0.5 / (1 - beta1**self.t)
            for w in group["params"]:
                g = w.grad + group["weight_decay"] * w
                m, v, largest = self.state[w].get("moments", [torch.zeros_like(w)] * 3)
                m = beta1 * m + (1 - beta1) * g
                v = beta2 * v + (1 - beta2) * g * g
                largest = torch.maximum(largest, v)
                self.state[w]["moments"] = [m, v, largest]
                w -= rate * m / (torch.sqrt(largest if group["amsgrad"] else v) + group["eps"])


OPTIMIZERS = {
    "sgd": torch.optim.SGD,
    "adam": torch.optim.Adam,
    "adamW": torch.optim.AdamW,
    "rmsprop": torch.optim.RMSprop,
    "adagrad": torch.optim.Adagrad,
    "adadelta": torch.optim.Adadelta,
    "adamax": torch.optim.Adamax,
    "nadam": torch.optim.NAdam,
    "radam": torch.optim.RAdam,
    "rprop": torch.optim.Rprop,
    "lion": Lion,
}

# Our option names and PyTorch's. The rest (momentum, nesterov, dampening, alpha, centered, rho, amsgrad) are the same.
RENAMED = {
    "learningRate": "lr",
    "weightDecay": "weight_decay",
    "epsilon": "eps",
    "learningRateDecay": "lr_decay",
    "momentumDecay": "momentum_decay",
}
PAIRS = {"betas": ("beta1", "beta2"), "etas": ("etaMinus", "etaPlus"), "step_sizes": ("minStep", "maxStep")}


def optimizer_of(options, parameters):
    """PyTorch's optimizer for an `optimizer` object of ours."""
    options = dict(options)
    name = options.pop("name")
    placement = options.pop("epsilonPlacement", "afterCorrection")
    kind = AdamBeforeCorrection if placement == "beforeCorrection" else OPTIMIZERS[name]
    pairs = {pair: tuple(options.pop(key) for key in keys) for pair, keys in PAIRS.items() if keys[0] in options}
    return kind(parameters, foreach=False, **pairs, **{RENAMED.get(key, key): v for key, v in options.items()})


# What a case sets: the optimizer, its rate, its options, and what stands beside `optimizer` in `training`.
CASES = [
    ("sgd", 0.1, {}, {}),
    ("sgd", 0.4, {}, {}),
    ("sgd", 0.1, {"momentum": 0.9}, {}),
    ("sgd", 0.1, {"momentum": 0.9, "dampening": 0.3}, {}),
    ("sgd", 0.1, {"momentum": 0.9, "nesterov": True}, {}),
    ("sgd", 0.2, {"weightDecay": 0.05}, {}),
    ("sgd", 0.1, {"momentum": 0.8, "weightDecay": 0.05}, {}),
    ("sgd", 0.1, {"momentum": 0.8, "dampening": 0.5, "weightDecay": 0.05}, {}),
    ("sgd", 0.1, {"momentum": 0.8, "nesterov": True, "weightDecay": 0.05}, {}),
    ("adam", 0.001, {}, {}),
    ("adam", 0.01, {}, {}),
    ("adam", 0.1, {}, {}),
    ("adam", 0.02, {"weightDecay": 0.1}, {}),
    ("adam", 0.02, {"beta1": 0.8, "beta2": 0.9}, {}),
    ("adam", 0.01, {"beta1": 0.0, "beta2": 0.99}, {}),
    ("adam", 0.02, {"epsilon": 1e-3}, {}),
    ("adam", 0.05, {"beta1": 0.8, "beta2": 0.7, "amsgrad": True}, {}),
    ("adam", 0.05, {"beta1": 0.8, "beta2": 0.7, "amsgrad": True, "epsilon": 0.01, "weightDecay": 0.05}, {}),
    ("adam", 0.02, {"epsilonPlacement": "afterCorrection", "epsilon": 1e-3}, {}),
    ("adam", 0.02, {"epsilonPlacement": "beforeCorrection"}, {}),
    ("adam", 0.02, {"epsilonPlacement": "beforeCorrection", "epsilon": 1e-3}, {}),
    ("adam", 0.02, {"epsilonPlacement": "beforeCorrection", "epsilon": 1e-3, "weightDecay": 0.1}, {}),
    (
        "adam",
        0.05,
        {"epsilonPlacement": "beforeCorrection", "epsilon": 1e-3, "beta1": 0.8, "beta2": 0.7, "amsgrad": True},
        {},
    ),
    ("adamW", 0.02, {}, {}),
    ("adamW", 0.02, {"weightDecay": 0.0}, {}),
    ("adamW", 0.02, {"weightDecay": 0.3}, {}),
    ("adamW", 0.05, {"weightDecay": 0.1, "beta1": 0.8, "beta2": 0.7, "amsgrad": True}, {}),
    ("adamW", 0.02, {"epsilon": 1e-3, "beta1": 0.8, "beta2": 0.9}, {}),
    ("rmsprop", 0.01, {}, {}),
    ("rmsprop", 0.01, {"alpha": 0.9}, {}),
    ("rmsprop", 0.01, {"alpha": 0.9, "epsilon": 0.01}, {}),
    ("rmsprop", 0.005, {"momentum": 0.5}, {}),
    ("rmsprop", 0.005, {"alpha": 0.9, "centered": True}, {}),
    ("rmsprop", 0.005, {"alpha": 0.9, "centered": True, "epsilon": 0.01}, {}),
    ("rmsprop", 0.002, {"centered": True, "momentum": 0.5, "weightDecay": 0.1}, {}),
    ("adagrad", 0.05, {}, {}),
    ("adagrad", 0.1, {"learningRateDecay": 0.05}, {}),
    ("adagrad", 0.05, {"weightDecay": 0.1}, {}),
    ("adagrad", 0.1, {"learningRateDecay": 0.02, "weightDecay": 0.05, "epsilon": 0.1}, {}),
    ("adadelta", 1.0, {}, {}),
    ("adadelta", 1.0, {"rho": 0.8, "epsilon": 1e-4}, {}),
    ("adadelta", 0.5, {"epsilon": 1e-4, "weightDecay": 0.1}, {}),
    ("adamax", 0.002, {}, {}),
    ("adamax", 0.02, {"beta1": 0.8, "beta2": 0.9}, {}),
    ("adamax", 0.02, {"beta1": 0.8, "beta2": 0.9, "epsilon": 0.01, "weightDecay": 0.1}, {}),
    ("nadam", 0.002, {}, {}),
    ("nadam", 0.02, {"momentumDecay": 0.05}, {}),
    ("nadam", 0.01, {"weightDecay": 0.05}, {}),
    ("nadam", 0.01, {"beta1": 0.8, "beta2": 0.9, "epsilon": 0.01, "momentumDecay": 0.05, "weightDecay": 0.05}, {}),
    # The rectification of radam starts at step 6 with beta2 0.999 and 0.9, and never with 0.5.
    ("radam", 0.01, {}, {}),
    ("radam", 0.02, {"weightDecay": 0.1}, {}),
    ("radam", 0.02, {"beta1": 0.8, "beta2": 0.9, "epsilon": 0.01}, {}),
    ("radam", 0.02, {"beta1": 0.8, "beta2": 0.5}, {}),
    ("rprop", 0.01, {}, {}),
    ("rprop", 0.01, {"etaMinus": 0.6, "etaPlus": 1.1}, {}),
    ("rprop", 0.02, {"etaMinus": 0.4, "etaPlus": 1.3, "minStep": 0.005, "maxStep": 0.05}, {}),
    ("lion", 0.0001, {}, {}),
    ("lion", 0.01, {}, {}),
    ("lion", 0.01, {"weightDecay": 0.3}, {}),
    ("lion", 0.01, {"beta1": 0.7, "beta2": 0.9, "weightDecay": 0.1}, {}),
    ("sgd", 0.3, {}, {"clipNorm": 0.5}),
    ("sgd", 0.3, {"momentum": 0.5, "weightDecay": 0.1}, {"clipNorm": 0.5}),
    ("sgd", 0.3, {}, {"clipValue": 0.1}),
    ("adamW", 0.02, {"epsilon": 1e-3}, {"clipValue": 0.1}),
    ("sgd", 0.2, {}, {"l1": 0.02}),
    ("sgd", 0.2, {}, {"l2": 0.1}),
    ("sgd", 0.2, {}, {"l1": 0.01, "l2": 0.05}),
    ("sgd", 0.3, {}, {"l1": 0.01, "l2": 0.05, "clipNorm": 0.5}),
    ("sgd", 0.3, {"weightDecay": 0.1}, {"l1": 0.01, "l2": 0.05, "clipValue": 0.1}),
    ("adam", 0.02, {}, {"l1": 0.01, "l2": 0.05}),
]


def start():
    """The network's tensors by our addresses, weights transposed to PyTorch's [out, in]."""
    tensors = {}
    for i, layer in enumerate(EXPERIMENT["network"]["layers"]):
        tensors[f"layers.{i}.weight"] = tensor(layer["weight"]).T.contiguous().requires_grad_()
        tensors[f"layers.{i}.bias"] = tensor(layer["bias"]).requires_grad_()
    return tensors


def numbers(tensors):
    """Lists of numbers by our addresses, weights [in, out] again."""
    return {name: (t.T if t.dim() == 2 else t).tolist() for name, t in tensors.items()}


def loss_of(tensors, training):
    """mse, and l1·Σ|w| + l2/2·Σw² over weights, not biases."""
    inputs, targets = tensor(EXPERIMENT["data"]["inputs"]), tensor(EXPERIMENT["data"]["targets"])
    hidden = torch.tanh(torch.nn.functional.linear(inputs, tensors["layers.0.weight"], tensors["layers.0.bias"]))
    output = torch.nn.functional.linear(hidden, tensors["layers.1.weight"], tensors["layers.1.bias"])
    loss = torch.nn.functional.mse_loss(output, targets)
    for w in (tensors["layers.0.weight"], tensors["layers.1.weight"]):
        if "l1" in training:
            loss = loss + training["l1"] * w.abs().sum()
        if "l2" in training:
            loss = loss + training["l2"] / 2 * w.square().sum()
    return loss


def run(name, rate, options, beside):
    training = {"loss": "mse", "optimizer": {"name": name, "learningRate": rate, **options}, **beside}
    tensors = start()
    optimizer = optimizer_of(training["optimizer"], tensors.values())
    losses = []
    for step in range(STEPS):
        optimizer.zero_grad()
        loss = loss_of(tensors, training)
        loss.backward()
        if "clipNorm" in training:
            torch.nn.utils.clip_grad_norm_(tensors.values(), training["clipNorm"], foreach=False)
        if "clipValue" in training:
            torch.nn.utils.clip_grad_value_(tensors.values(), training["clipValue"], foreach=False)
        optimizer.step()
        losses.append(loss.item())
        if step == 0:
            after1 = numbers(tensors)
    return {"training": training, "losses": losses, "weights": numbers(tensors), "after1": after1}


if __name__ == "__main__":
    cases = [run(*case) for case in CASES]
    write(__file__, {"torch": torch.__version__, "experiment": EXPERIMENT, "cases": cases})
