"""Activations and losses with their derivatives, by PyTorch and its autograd in float64: writes functions.json.

    pip install "torch==2.13.*" numpy && python functions.py

`activations` are away from kinks, `corners` at them; `vectors` has rows of softmax and logSoftmax with the gradient of
Σ upstream·y; `losses` has the loss of a batch, [sample, output], and its gradient with respect to `sum`, what goes into
the last activation.

Compare absolutely, not relatively: where a function saturates, PyTorch's formulas cancel (sigmoid' is y·(1 - y), gelu
is x·(1 + erf)/2). Held against 4000-bit arithmetic, every value and derivative of `activations` is off by at most
3e-16·max(1, |x|).
"""

import torch
import torch.nn.functional as F
from torch import tensor

from write import write

torch.set_default_dtype(torch.float64)

ACTIVATIONS = {
    "linear": lambda x: x.clone(),
    "sigmoid": torch.sigmoid,
    "tanh": torch.tanh,
    "relu": F.relu,
    "leakyRelu": F.leaky_relu,  # slope 0.01
    "elu": F.elu,  # alpha 1
    "selu": F.selu,
    "gelu": F.gelu,  # x·(1 + erf(x/sqrt 2))/2
    "geluTanh": lambda x: F.gelu(x, approximate="tanh"),
    "silu": F.silu,
    "softplus": lambda x: F.softplus(x, threshold=1e9),  # as good as none: ln(1 + e^x) for every x
    "softsign": F.softsign,
    # PyTorch's own F.hardsigmoid has a derivative of float32(1/6), 5e-9 too large, in float64 as well (seen in 2.13).
    "hardSigmoid": lambda x: F.relu6(x + 3) / 6,
    "hardSwish": F.hardswish,
    "mish": F.mish,
    "celu": F.celu,  # alpha 1
    "relu6": F.relu6,
}

POINTS = [-30, -20.5, -8, -3.5, -2.75, -1, -0.1, -1e-8, 1e-300, 1e-5, 0.5, 1.3, 2.999, 3.001, 5.999, 6.001, 17.25, 30]

# The contract has relu'(0) = 0, leakyRelu'(0) = slope, and 0 for relu6 and hardSigmoid at theirs.
CORNERS = {
    "relu": [0],
    "leakyRelu": [0],
    "relu6": [0, 6],
    "hardSigmoid": [-3, 3],
    "hardSwish": [-3, 3],
    "elu": [0],
    "selu": [0],
    "celu": [0],
}

# Rows, and what reaches them from above in the backward pass.
VECTORS = [
    ([[0.1, -0.2, 0.7], [2, 2, 2], [-30, 0, 30]], [[1, 0, 0], [0.3, -1.2, 0.5], [0.4, 0.2, -0.6]]),
    ([[1000, 0, -1000], [1000, 999, 1000], [-1000, -1001, -1002]], [[0.5, 2, -1], [1, -1, 0.25], [1, 2, 3]]),
    ([[1.5], [-1000]], [[1], [0.3]]),
    ([[0.5, -1.5, 3, 1e-9, 12]], [[-0.2, 0.7, 1.1, 0.05, -0.4]]),
]


def half_mse(y, t):
    """Over samples only: Σ(t - y)²/(2m) for m samples, however many outputs each has."""
    return (t - y).square().sum() / (2 * len(y))


def log_cosh(y, t):
    """The mean of ln cosh d, as |d| + ln(1 + e^(-2|d|)) - ln 2, which does not overflow."""
    d = (y - t).abs()
    return (d + torch.log1p(torch.exp(-2 * d)) - torch.log(tensor(2.0))).mean()


def hinge(y, t):
    return F.relu(1 - t * y).mean()


# Losses of the activation's output, mean over samples and outputs save halfMse.
SEPARATE = {
    "halfMse": half_mse,
    "mse": F.mse_loss,
    "mae": F.l1_loss,
    "huber": F.huber_loss,  # delta 1
    "logCosh": log_cosh,
    "hinge": hinge,
}

# Losses joined with their activation, so of `sum` itself.
JOINT = {
    ("crossEntropy", "softmax"): F.cross_entropy,
    ("crossEntropy", "logSoftmax"): F.cross_entropy,
    ("binaryCrossEntropy", "sigmoid"): F.binary_cross_entropy_with_logits,
}

SMALL = [[0.3, -1.2], [2.5, 0.0], [-0.7, 1.1]]
SMALL_TARGETS = [[0.5, -1], [0.25, 1.5], [-0.7, 0.9]]  # one equals its linear output: mae'(0) = 0
FAR = [[50, -50], [800, -800], [-50, 800]]
SHARES = [[0, 1], [0.25, 0.9], [1, 0.5]]
SIGNS = [[1, -1], [-1, 1], [-1, 1]]
LOGITS = [[0.2, -0.4, 1.1, 0.0], [-2.0, 0.5, 0.5, 3.0], [1.5, 1.5, -1.0, 0.3]]
FAR_LOGITS = [[50, -50, 0, 800], [-800, 800, -50, 50], [800, 800, -800, 0]]
CLASSES = [2, 0, 3]
PROBABILITIES = [[0.1, 0.2, 0.3, 0.4], [0, 1, 0, 0], [0.25, 0.25, 0.5, 0]]

LOSSES = [
    ("halfMse", "linear", SMALL, SMALL_TARGETS),
    ("halfMse", "sigmoid", SMALL, SHARES),
    ("halfMse", "sigmoid", FAR, SHARES),
    ("halfMse", "tanh", SMALL, SMALL_TARGETS),
    ("halfMse", "linear", LOGITS, PROBABILITIES),
    ("mse", "linear", SMALL, SMALL_TARGETS),
    ("mse", "linear", FAR, SMALL_TARGETS),
    ("mse", "linear", LOGITS, PROBABILITIES),
    ("mse", "sigmoid", SMALL, SHARES),
    ("mse", "tanh", FAR, SMALL_TARGETS),
    ("mae", "linear", SMALL, SMALL_TARGETS),
    ("mae", "linear", FAR, SMALL_TARGETS),
    ("mae", "sigmoid", SMALL, SHARES),
    ("huber", "linear", SMALL, SMALL_TARGETS),
    ("huber", "linear", FAR, SMALL_TARGETS),
    ("huber", "linear", [[0, 0], [0, 0], [0, 0]], [[1, -1], [0.999, -1.001], [0, 3]]),  # at delta and beside it
    ("huber", "tanh", SMALL, SMALL_TARGETS),
    ("logCosh", "linear", SMALL, SMALL_TARGETS),
    ("logCosh", "linear", FAR, SMALL_TARGETS),
    ("logCosh", "sigmoid", SMALL, SHARES),
    ("crossEntropy", "softmax", LOGITS, CLASSES),
    ("crossEntropy", "softmax", LOGITS, PROBABILITIES),
    ("crossEntropy", "softmax", FAR_LOGITS, CLASSES),
    ("crossEntropy", "softmax", FAR_LOGITS, PROBABILITIES),
    ("crossEntropy", "softmax", FAR, [0, 1, 1]),
    ("crossEntropy", "logSoftmax", LOGITS, CLASSES),
    ("crossEntropy", "logSoftmax", LOGITS, PROBABILITIES),
    ("crossEntropy", "logSoftmax", FAR_LOGITS, CLASSES),
    ("crossEntropy", "logSoftmax", FAR_LOGITS, PROBABILITIES),
    ("binaryCrossEntropy", "sigmoid", SMALL, [[0, 1], [1, 1], [0, 0]]),
    ("binaryCrossEntropy", "sigmoid", SMALL, SHARES),
    ("binaryCrossEntropy", "sigmoid", FAR, [[1, 0], [1, 0], [0, 1]]),  # all right
    ("binaryCrossEntropy", "sigmoid", FAR, [[0, 1], [0, 1], [1, 0]]),  # all wrong
    ("binaryCrossEntropy", "sigmoid", FAR, SHARES),
    ("hinge", "linear", SMALL, SIGNS),
    ("hinge", "linear", FAR, SIGNS),
]


def numbers(values):
    """A tensor of float64, also from whole numbers."""
    return tensor(values, dtype=torch.float64)


def gradient(f, x, upstream=1.0):
    """f(x) and the gradient of Σ upstream·f(x), as lists."""
    x = numbers(x).requires_grad_()
    y = f(x)
    (y * upstream).sum().backward()
    return y.tolist(), x.grad.tolist()


def activation_row(name, x):
    y, derivative = gradient(ACTIVATIONS[name], x)
    return {"name": name, "x": x, "y": y, "derivative": derivative}


def vector_row(name, f, x, upstream):
    y, slope = gradient(lambda v: f(v, dim=1), x, numbers(upstream))
    return {"name": name, "x": x, "y": y, "upstream": upstream, "gradient": slope}


def loss_row(loss, activation, s, targets):
    t = tensor(targets) if isinstance(targets[0], int) else numbers(targets)  # class numbers stay whole
    joint = JOINT.get((loss, activation))
    f = (lambda v: joint(v, t)) if joint else (lambda v: SEPARATE[loss](ACTIVATIONS[activation](v), t))
    value, slope = gradient(f, s)
    return {"loss": loss, "activation": activation, "sum": s, "targets": targets, "value": value, "gradient": slope}


if __name__ == "__main__":
    smooth_at_0 = ["linear", "sigmoid", "tanh", "gelu", "geluTanh", "silu", "softplus", "softsign", "mish"]
    write(
        __file__,
        {
            "torch": torch.__version__,
            "activations": [activation_row(name, POINTS + [0] * (name in smooth_at_0)) for name in ACTIVATIONS],
            "corners": [activation_row(name, x) for name, x in CORNERS.items()],
            "vectors": [
                vector_row(name, f, *rows)
                for name, f in (("softmax", F.softmax), ("logSoftmax", F.log_softmax))
                for rows in VECTORS
            ],
            "losses": [loss_row(*row) for row in LOSSES],
        },
    )
