"""Models as PyTorch, Keras and scikit-learn export them, with what onnxruntime or PyTorch computes: writes OUT/models/* and OUT/models.json.

Usage: python models.py OUT   (see README.md for the packages)
"""
import json
import logging
import os
import sys
import warnings
from pathlib import Path

os.environ["KERAS_BACKEND"] = "torch"
warnings.filterwarnings("ignore")
logging.disable(logging.CRITICAL)

import keras
import numpy as np
import onnxruntime
import torch
from keras import layers
from safetensors.torch import save_file
from skl2onnx import to_onnx
from sklearn import linear_model, neural_network, preprocessing
from sklearn.pipeline import make_pipeline
from torch import nn

out = Path(sys.argv[1]) / "models"
out.mkdir(parents=True, exist_ok=True)
cases = []
onnxruntime.set_default_logger_severity(3)


def plain(values):
    """Lists of numbers for JSON; scikit-learn's dictionaries of probabilities as lists."""
    if isinstance(values, list) and values and isinstance(values[0], dict):
        return [list(row.values()) for row in values]
    rows = np.asarray(values, dtype=np.float64).reshape(len(values), -1).tolist()
    return [[value if np.isfinite(value) else None for value in row] for row in rows]


def add(kind, name, rows, outputs, **more):
    cases.append({"kind": kind, "name": name, "inputs": np.asarray(rows, dtype=np.float64).reshape(len(rows), -1).tolist(), "outputs": outputs, **more})


def add_onnx(kind, name, rows, shape=None):
    """What onnxruntime computes for the rows."""
    session = onnxruntime.InferenceSession(str(out / f"{name}.onnx"))
    inputs = session.get_inputs()
    rows = np.asarray(rows)
    dtype = {"tensor(double)": np.float64, "tensor(float16)": np.float16, "tensor(int64)": np.int64}.get(inputs[0].type, np.float32)
    one_by_one = inputs[0].shape[0] == 1
    feed = lambda part: {inputs[0].name: part.astype(dtype).reshape(-1, *(shape or part.shape[1:]))}
    parts = [rows[i : i + 1] for i in range(len(rows))] if one_by_one else [rows]
    found = []
    for part in parts:
        last = session.run(None, feed(part))[-1]
        found += plain(last)
    add(kind, name, rows, found, file=f"{name}.onnx")


random = np.random.RandomState(1)
rows3 = random.randn(8, 3).astype(np.float32) * 2


def export(name, net, rows, dynamo, **options):
    net.eval()
    given = (torch.tensor(rows[:1] if options.pop("one", False) else rows),)
    path = str(out / f"{name}.onnx")
    if dynamo:
        torch.onnx.export(net, given, path, dynamo=True, verbose=False, **options)
    else:
        torch.onnx.export(net, given, path, dynamo=False, input_names=["x"], dynamic_axes={"x": {0: "n"}}, **options)


def torch_model(kind, name, make, rows=rows3, shape=None, **options):
    for dynamo in (True, False):
        torch.manual_seed(2)
        full = f"{name}-{'dynamo' if dynamo else 'legacy'}"
        try:
            export(full, make(), rows.reshape(-1, *shape) if shape else rows, dynamo, **options)
        except Exception as error:  # an exporter may not know a module
            print("not exported:", full, str(error)[:80].replace("\n", " "))
            continue
        add_onnx(kind, full, rows, shape)


activations = [
    nn.ReLU(), nn.LeakyReLU(), nn.LeakyReLU(0.2), nn.ELU(), nn.ELU(0.7), nn.CELU(0.7), nn.SELU(), nn.GELU(),
    nn.GELU(approximate="tanh"), nn.SiLU(), nn.Softplus(), nn.Softplus(threshold=100), nn.Softsign(), nn.Sigmoid(), nn.Tanh(),
    nn.Hardsigmoid(), nn.Hardswish(), nn.Mish(), nn.ReLU6(), nn.Softmax(dim=-1), nn.LogSoftmax(dim=1), nn.PReLU(),
    nn.RReLU(), nn.Identity(),
]
for i, activation in enumerate(activations):
    torch_model("torch.onnx, an activation", f"torch-{i}-{type(activation).__name__}", lambda: nn.Sequential(nn.Linear(3, 5), activation, nn.Linear(5, 2)))

unknown = [nn.LogSigmoid(), nn.Hardtanh(), nn.Tanhshrink(), nn.Softplus(beta=2.0), nn.GLU(), nn.Softshrink(), nn.PReLU(4), nn.Threshold(0.1, 20.0)]
for activation in unknown:
    width = 2 if isinstance(activation, nn.GLU) else 4
    torch_model("torch.onnx, an activation that chainrule lacks", f"torch-{type(activation).__name__}{'4' if isinstance(activation, nn.PReLU) else ''}", lambda: nn.Sequential(nn.Linear(3, 4), activation, nn.Linear(width, 2)))


class Function(nn.Module):
    """A network whose forward pass is a function of the rows and of some modules."""

    def __init__(self, forward, **modules):
        super().__init__()
        self.compute = forward
        for key, module in modules.items():
            if isinstance(module, nn.Module):
                setattr(self, key, module)
            else:
                self.register_buffer(key, torch.tensor(module))

    def forward(self, x):
        return self.compute(self, x)


def trained_norm(units):
    norm = nn.BatchNorm1d(units)
    with torch.no_grad():
        norm.running_mean.uniform_(-1, 1)
        norm.running_var.uniform_(0.5, 2)
        norm.weight.uniform_(0.5, 2)
        norm.bias.uniform_(-1, 1)
    return norm


def layer_norm(units):
    norm = nn.LayerNorm(units)
    with torch.no_grad():
        norm.weight.uniform_(0.5, 2)
        norm.bias.uniform_(-1, 1)
    return norm


mean, std = [1.0, -2.0, 0.5], [2.0, 3.0, 0.25]
structures = {
    "no-bias": lambda: nn.Sequential(nn.Linear(3, 4, bias=False), nn.ReLU(), nn.Linear(4, 2, bias=False)),
    "deep": lambda: nn.Sequential(*[m for _ in range(6) for m in (nn.Linear(3, 3), nn.Tanh())], nn.Linear(3, 1)),
    "linear-linear": lambda: nn.Sequential(nn.Linear(3, 4), nn.Linear(4, 2)),
    "dropout": lambda: nn.Sequential(nn.Dropout(0.3), nn.Linear(3, 4), nn.ReLU(), nn.Dropout(0.5), nn.Linear(4, 2)),
    "batchnorm": lambda: nn.Sequential(nn.Linear(3, 4), trained_norm(4), nn.ReLU(), nn.Linear(4, 2)),
    "batchnorm-first": lambda: nn.Sequential(trained_norm(3), nn.Linear(3, 4), nn.ReLU(), nn.Linear(4, 2)),
    "batchnorm-after-relu": lambda: nn.Sequential(nn.Linear(3, 4), nn.ReLU(), trained_norm(4), nn.Linear(4, 2)),
    "batchnorm-last": lambda: nn.Sequential(nn.Linear(3, 4), nn.ReLU(), nn.Linear(4, 2), nn.Sigmoid(), trained_norm(2)),
    "layernorm": lambda: nn.Sequential(nn.Linear(3, 4), layer_norm(4), nn.GELU(), nn.Linear(4, 2)),
    "layernorm-last": lambda: nn.Sequential(nn.Linear(3, 4), nn.ReLU(), layer_norm(4)),
    "layernorm-plain": lambda: nn.Sequential(nn.LayerNorm(3, elementwise_affine=False), nn.Linear(3, 2)),
    "softmax-last": lambda: nn.Sequential(nn.Linear(3, 4), nn.ReLU(), nn.Linear(4, 3), nn.Softmax(dim=1)),
    "sigmoid-last": lambda: nn.Sequential(nn.Linear(3, 4), nn.ReLU(), nn.Linear(4, 1), nn.Sigmoid()),
    "scaled-in": lambda: Function(lambda s, x: s.net((x - s.mean) / s.std), net=nn.Sequential(nn.Linear(3, 4), nn.ReLU(), nn.Linear(4, 2)), mean=mean, std=std),
    "scaled-in-mul-add": lambda: Function(lambda s, x: s.net(x * s.std + s.mean), net=nn.Sequential(nn.Linear(3, 4), nn.ReLU(), nn.Linear(4, 2)), mean=mean, std=std),
    "scaled-255": lambda: Function(lambda s, x: s.net(x / 255.0), net=nn.Sequential(nn.Linear(3, 4), nn.ReLU(), nn.Linear(4, 2))),
    "scaled-2x-1": lambda: Function(lambda s, x: s.net(2 * x - 1), net=nn.Sequential(nn.Linear(3, 4), nn.ReLU(), nn.Linear(4, 2))),
    "scaled-out": lambda: Function(lambda s, x: s.net(x) * 12.5 + 70, net=nn.Sequential(nn.Linear(3, 4), nn.ReLU(), nn.Linear(4, 1))),
    "scaled-sigmoid-out": lambda: Function(lambda s, x: torch.sigmoid(s.net(x)) * 10 - 5, net=nn.Sequential(nn.Linear(3, 4), nn.ReLU(), nn.Linear(4, 2))),
    "tanh-scaled": lambda: Function(lambda s, x: s.b(1.7159 * torch.tanh(s.a(x) * 2 / 3)), a=nn.Linear(3, 4), b=nn.Linear(4, 2)),
    "own-silu": lambda: Function(lambda s, x: s.b(s.a(x) / (1 + torch.exp(-s.a(x)))), a=nn.Linear(3, 4), b=nn.Linear(4, 2)),
    "own-sigmoid": lambda: Function(lambda s, x: s.b((1 + torch.exp(-s.a(x))).reciprocal()), a=nn.Linear(3, 4), b=nn.Linear(4, 2)),
    "own-sigmoid-tanh": lambda: Function(lambda s, x: s.b(0.5 * torch.tanh(0.5 * s.a(x)) + 0.5), a=nn.Linear(3, 4), b=nn.Linear(4, 2)),
    "own-softplus": lambda: Function(lambda s, x: s.b(torch.log(1 + torch.exp(s.a(x)))), a=nn.Linear(3, 4), b=nn.Linear(4, 2)),
    "own-relu": lambda: Function(lambda s, x: s.b(torch.maximum(s.a(x), torch.zeros(1))), a=nn.Linear(3, 4), b=nn.Linear(4, 2)),
    "own-leaky": lambda: Function(lambda s, x: s.b(torch.where(s.a(x) > 0, s.a(x), 0.1 * s.a(x))), a=nn.Linear(3, 4), b=nn.Linear(4, 2)),
    "own-gelu": lambda: Function(lambda s, x: s.b(s.a(x) * 0.5 * (1 + torch.erf(s.a(x) / 2**0.5))), a=nn.Linear(3, 4), b=nn.Linear(4, 2)),
    "own-softsign": lambda: Function(lambda s, x: s.b(s.a(x) / (1 + s.a(x).abs())), a=nn.Linear(3, 4), b=nn.Linear(4, 2)),
    "own-relu6": lambda: Function(lambda s, x: s.b(torch.clamp(s.a(x), 0, 6)), a=nn.Linear(3, 4), b=nn.Linear(4, 2)),
    "own-softmax": lambda: Function(lambda s, x: torch.exp(s.a(x)) / torch.exp(s.a(x)).sum(dim=1, keepdim=True), a=nn.Linear(3, 4)),
    "square": lambda: Function(lambda s, x: s.b(s.a(x) ** 2), a=nn.Linear(3, 4), b=nn.Linear(4, 2)),
    "sine": lambda: Function(lambda s, x: s.b(torch.sin(30 * s.a(x))), a=nn.Linear(3, 4), b=nn.Linear(4, 2)),
    "residual": lambda: Function(lambda s, x: s.c(x + s.b(torch.relu(s.a(x)))), a=nn.Linear(3, 5), b=nn.Linear(5, 3), c=nn.Linear(3, 2)),
    "residual-after": lambda: Function(lambda s, x: s.c(torch.relu(s.d(x) + s.b(torch.relu(s.a(s.d(x)))))), d=nn.Linear(3, 5), a=nn.Linear(5, 5), b=nn.Linear(5, 5), c=nn.Linear(5, 2)),
    "two-residuals": lambda: Function(lambda s, x: s.c((lambda h: h + s.b(torch.tanh(h)))(x + s.a(x))), a=nn.Linear(3, 3), b=nn.Linear(3, 3), c=nn.Linear(3, 2)),
    "squeeze": lambda: Function(lambda s, x: s.net(x).squeeze(-1), net=nn.Sequential(nn.Linear(3, 4), nn.ReLU(), nn.Linear(4, 1))),
    "view": lambda: Function(lambda s, x: s.net(x).view(-1), net=nn.Sequential(nn.Linear(3, 4), nn.ReLU(), nn.Linear(4, 1))),
    "flatten-rows": lambda: nn.Sequential(nn.Flatten(), nn.Linear(3, 4), nn.ReLU(), nn.Linear(4, 2)),
    "functional-linear": lambda: Function(lambda s, x: torch.relu(x @ s.w + s.b) @ s.v, w=random.randn(3, 4).astype("f4"), b=random.randn(4).astype("f4"), v=random.randn(4, 2).astype("f4")),
    "mean-subtracted": lambda: Function(lambda s, x: s.a(x - x.mean(dim=1, keepdim=True)), a=nn.Linear(3, 2)),
    "rounded": lambda: Function(lambda s, x: s.a(torch.round(x)), a=nn.Linear(3, 2)),
    "to-int": lambda: Function(lambda s, x: s.a(x.to(torch.int64).to(torch.float32)), a=nn.Linear(3, 2)),
    "concat": lambda: Function(lambda s, x: s.b(torch.cat([x, torch.relu(s.a(x))], dim=1)), a=nn.Linear(3, 4), b=nn.Linear(7, 2)),
    "two-towers": lambda: Function(lambda s, x: s.a(x) * torch.sigmoid(s.b(x)), a=nn.Linear(3, 2), b=nn.Linear(3, 2)),
    "slice": lambda: Function(lambda s, x: s.a(x[:, :2]), a=nn.Linear(2, 2)),
    "normalized": lambda: Function(lambda s, x: s.a(nn.functional.normalize(x)), a=nn.Linear(3, 2)),
    "double": lambda: nn.Sequential(nn.Linear(3, 4), nn.Tanh(), nn.Linear(4, 2)).double(),
    "half": lambda: nn.Sequential(nn.Linear(3, 4), nn.ReLU(), nn.Linear(4, 2)).half(),
}
for name, make in structures.items():
    rows = rows3.astype({"double": np.float64, "half": np.float16}.get(name, np.float32))
    torch_model("torch.onnx, a structure", f"torch-{name}", make, rows)

images = random.randn(4, 12).astype(np.float32)
torch_model("torch.onnx, images flattened", "torch-image", lambda: nn.Sequential(nn.Flatten(), nn.Linear(12, 4), nn.ReLU(), nn.Linear(4, 2)), images, (1, 3, 4))
for width in (16, 64, 300):
    wide = random.randn(6, width).astype(np.float32)
    torch_model("torch.onnx, external data", f"torch-wide-{width}", lambda: nn.Sequential(nn.Linear(width, 40), nn.ReLU(), nn.Linear(40, 3)), wide)
for opset in (9, 11, 13, 15, 17, 18, 20):
    torch.manual_seed(opset)
    try:
        export(f"torch-opset-{opset}", nn.Sequential(nn.Linear(3, 4), nn.GELU(), nn.Dropout(0.2), nn.Linear(4, 3), nn.Softmax(dim=1)), rows3, False, opset_version=opset)
        add_onnx("torch.onnx, an opset", f"torch-opset-{opset}", rows3)
    except Exception as error:
        print("not exported: opset", opset, str(error)[:80])

# Keras, with PyTorch as its backend
names = ["relu", "gelu", "silu", "softplus", "softmax", "elu", "selu", "mish", "hard_sigmoid", "leaky_relu", "tanh", "sigmoid", "softsign", "hard_silu", "relu6", "log_softmax", "celu", "linear", "exponential", "sparse_plus"]
nets = {f"keras-{a}": [layers.Dense(4, activation=a), layers.Dense(2)] for a in names}
nets |= {
    "keras-normalization": [layers.Normalization(mean=mean, variance=[4.0, 5.0, 6.0]), layers.Dense(4, activation="relu"), layers.Dense(1)],
    "keras-rescaling": [layers.Rescaling(1 / 255, offset=-0.5), layers.Dense(4, activation="relu"), layers.Dense(1)],
    "keras-batchnorm": [layers.Dense(4), layers.BatchNormalization(), layers.Activation("relu"), layers.Dropout(0.3), layers.Dense(2, activation="softmax")],
    "keras-layernorm": [layers.Dense(4), layers.LayerNormalization(), layers.Dense(2)],
    "keras-prelu": [layers.Dense(4), layers.PReLU(alpha_initializer="glorot_uniform"), layers.Dense(2)],
    "keras-leaky": [layers.Dense(4), layers.LeakyReLU(negative_slope=0.3), layers.Dense(2)],
    "keras-no-bias": [layers.Dense(4, use_bias=False, activation="tanh"), layers.Dense(2, use_bias=False)],
    "keras-sigmoid": [layers.Dense(4, activation="relu"), layers.Dense(1, activation="sigmoid")],
    "keras-flatten": [layers.Flatten(), layers.Dense(4, activation="relu"), layers.Dense(2)],
    "keras-noise": [layers.GaussianNoise(0.1), layers.Dense(4, activation="relu"), layers.Dense(2)],
}
for name, parts in nets.items():
    keras.utils.set_random_seed(3)
    model = keras.Sequential([keras.Input((3,)), *parts])
    model.compile("sgd", "mse")
    model.fit(rows3, np.zeros((8, model.output_shape[-1]), "f4"), epochs=2, verbose=0)
    try:
        model.export(str(out / f"{name}.onnx"), format="onnx", verbose=False)
    except Exception as error:
        print("not exported:", name, str(error)[:80].replace("\n", " "))
        continue
    add_onnx("Keras, model.export", name, rows3)

# scikit-learn
count = 60
table = random.randn(count, 3).astype(np.float32) * 3 + 1
numbers = table @ [1.0, -2.0, 0.5] + random.randn(count)
three = np.array(["setosa", "versicolor", "virginica"])[np.digitize(numbers, [-3, 1])]
two = (numbers > 0).astype(int)
both = np.c_[numbers, table[:, 0] - numbers]
scalers = [None, preprocessing.StandardScaler(), preprocessing.MinMaxScaler(), preprocessing.RobustScaler(), preprocessing.MaxAbsScaler(), preprocessing.StandardScaler(with_mean=False)]
mlp = dict(hidden_layer_sizes=(5, 4), max_iter=30, random_state=4)
for s, scaler in enumerate(scalers):
    estimators = {
        "LinearRegression": (linear_model.LinearRegression(), numbers),
        "Ridge-two": (linear_model.Ridge(), both),
        "Lasso": (linear_model.Lasso(0.1), numbers),
        "LogisticRegression-three": (linear_model.LogisticRegression(), three),
        "LogisticRegression-two": (linear_model.LogisticRegression(), two),
        **{f"MLPRegressor-{a}": (neural_network.MLPRegressor(activation=a, **mlp), numbers) for a in ("relu", "tanh", "logistic", "identity")},
        **{f"MLPClassifier-{a}-three": (neural_network.MLPClassifier(activation=a, **mlp), three) for a in ("relu", "tanh")},
        "MLPClassifier-two": (neural_network.MLPClassifier(**mlp), two),
        "MLPRegressor-two": (neural_network.MLPRegressor(**mlp), both),
    }
    if s == 0:
        estimators |= {
            "SGDClassifier": (linear_model.SGDClassifier(loss="log_loss"), three),
            "Perceptron": (linear_model.Perceptron(), three),
            "RidgeClassifier": (linear_model.RidgeClassifier(), three),
            "ElasticNet": (linear_model.ElasticNet(0.1), numbers),
            "BayesianRidge": (linear_model.BayesianRidge(), numbers),
            "PoissonRegressor": (linear_model.PoissonRegressor(), np.exp(numbers / 10)),
        }
    for name, (estimator, target) in estimators.items():
        model = estimator if scaler is None else make_pipeline(scaler, estimator)
        model.fit(table, target)
        for zipmap in (True, False) if "Class" in name or "Logistic" in name or name == "Perceptron" else (None,):
            full = f"sklearn-{'plain' if scaler is None else type(scaler).__name__ + str(s)}-{name}{'-zipmap' if zipmap else ''}"
            try:
                options = None if zipmap is None else {"zipmap": zipmap}
                (out / f"{full}.onnx").write_bytes(to_onnx(model, table[:1], options=options).SerializeToString())
                add_onnx("scikit-learn, skl2onnx", full, table[:8])
            except Exception as error:
                print("not exported:", full, str(error)[:80].replace("\n", " "))

# state_dict in safetensors: the network as an experiment file describes it, and what PyTorch computes
def state(kind, name, net, described, rows=rows3, names=None):
    net.eval()
    held = {key: value.contiguous() for key, value in net.state_dict().items()}
    if names is not None:
        held = {names(key): value for key, value in held.items()}
    save_file(held, out / f"{name}.safetensors")
    with torch.no_grad():
        found = net(torch.tensor(rows)).numpy()
    add(kind, name, rows, plain(found), file=f"{name}.safetensors", layers=described)


class Named(nn.Module):
    """Modules of these names, one after the other, with an activation between."""

    def __init__(self, **modules):
        super().__init__()
        self.order = list(modules)
        for key, module in modules.items():
            setattr(self, key, module)

    def forward(self, x):
        for i, key in enumerate(self.order):
            x = getattr(self, key)(x)
            if i < len(self.order) - 1:
                x = torch.relu(x)
        return x


dense = lambda units, activation="linear", **more: {"dense": units, "activation": activation, **more}
relu_between = lambda *units: [dense(n, "relu") for n in units[:-1]] + [dense(units[-1])]
kind = "PyTorch, a state_dict"
for i, widths in enumerate([(3, 1), (3, 4, 2), (3, 8, 8, 1), (3, 3, 3, 3), (3, 5, 4, 3, 2), (3, 3, 3, 3, 3, 3, 3, 3, 3, 3, 3, 3, 1)]):
    torch.manual_seed(i)
    parts = [m for a, b in zip(widths, widths[1:]) for m in (nn.Linear(a, b), nn.ReLU())][:-1]
    state(kind, f"state-sequential-{i}", nn.Sequential(*parts), relu_between(*widths[1:]))
    state(kind, f"state-wrapped-{i}", nn.Sequential(*parts), relu_between(*widths[1:]), names=lambda key: f"module.net.{key}")
for i, names in enumerate([("fc1", "fc2", "fc3"), ("layer1", "layer2", "layer10"), ("l0", "l1", "l2"), ("inp", "hidden", "out"), ("first", "second", "third"), ("encoder", "middle", "decoder"), ("fc1", "fc2", "head")]):
    for j, widths in enumerate([(3, 3, 3, 1), (3, 4, 5, 2), (3, 3, 3, 3), (3, 4, 4, 2)]):
        torch.manual_seed(10 * i + j)
        net = Named(**{name: nn.Linear(a, b) for name, a, b in zip(names, widths, widths[1:])})
        state("PyTorch, a state_dict of named modules", f"state-named-{i}-{j}", net, relu_between(*widths[1:]))
norm, act = {"batchNorm": True}, lambda name: {"activate": name}
torch.manual_seed(5)
state(kind, "state-batchnorm", nn.Sequential(nn.Linear(3, 4), trained_norm(4), nn.ReLU(), nn.Linear(4, 2)), [dense(4), norm, act("relu"), dense(2)])
state(kind, "state-batchnorm-first", nn.Sequential(trained_norm(3), nn.Linear(3, 4), nn.ReLU(), nn.Linear(4, 2)), [norm, dense(4, "relu"), dense(2)])
state(kind, "state-batchnorm-plain", nn.Sequential(nn.Linear(3, 4), nn.BatchNorm1d(4, affine=False), nn.ReLU(), nn.Linear(4, 2)), [dense(4), {**norm, "affine": False}, act("relu"), dense(2)])
state(kind, "state-two-batchnorms", nn.Sequential(nn.Linear(3, 4), trained_norm(4), nn.ReLU(), nn.Linear(4, 4), trained_norm(4), nn.Tanh(), nn.Linear(4, 1)), [dense(4), norm, act("relu"), dense(4), norm, act("tanh"), dense(1)])
state(kind, "state-layernorm", nn.Sequential(nn.Linear(3, 4), layer_norm(4), nn.GELU(), nn.Linear(4, 2)), [dense(4), {"layerNorm": True}, act("gelu"), dense(2)])
state(kind, "state-no-bias", nn.Sequential(nn.Linear(3, 4, bias=False), nn.Tanh(), nn.Linear(4, 2)), [dense(4, "tanh", bias=False), dense(2)])
state(kind, "state-prelu", nn.Sequential(nn.Linear(3, 4), nn.PReLU(), nn.Linear(4, 2)), [dense(4, "leakyRelu"), dense(2)])
state(kind, "state-half", nn.Sequential(nn.Linear(3, 4), nn.Tanh(), nn.Linear(4, 2)), [dense(4, "tanh"), dense(2)])

(out.parent / "models.json").write_text(json.dumps(cases))
print(len(cases), "models")
