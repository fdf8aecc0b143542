"""JAX, PyTorch, scikit-learn: python.py WORKLOAD PEER THREADS. Steps on standard input, seconds and loss on standard output."""
import json
import os
import sys
import time

name, peer, threads = sys.argv[1], sys.argv[2], int(sys.argv[3])
os.environ["OMP_NUM_THREADS"] = os.environ["OPENBLAS_NUM_THREADS"] = os.environ["MKL_NUM_THREADS"] = str(threads)
if threads == 1:
    os.environ["XLA_FLAGS"] = "--xla_cpu_multi_thread_eigen=false intra_op_parallelism_threads=1"
import numpy as np

w = json.load(open(os.path.join(os.path.dirname(__file__), "..", "workloads.json")))[name]
sizes, rows, batch, rate = w["sizes"], w["rows"], w["batch"], w["rate"]
outputs = sizes[-1]
x = (((np.arange(rows * sizes[0], dtype=np.int64) * 7919 + 13) % 1009) / 1009).astype(np.float32).reshape(rows, -1)
r = np.arange(rows)
if w["loss"] == "crossEntropy":
    t = np.eye(outputs, dtype=np.float32)[r % outputs]
else:
    t = (((r * 5 + 1) % 7) / 7).astype(np.float32).reshape(rows, 1)
batches = rows // batch


def serve(step):
    print(json.dumps({"ready": True}), flush=True)
    for line in sys.stdin:
        start = time.perf_counter()
        loss = step(int(line))
        print(json.dumps({"seconds": time.perf_counter() - start, "loss": float(loss)}), flush=True)


def start_weights():
    rng = np.random.default_rng(1)
    for a, b in zip(sizes, sizes[1:]):
        limit = (6 / (a + b)) ** 0.5
        yield rng.uniform(-limit, limit, (a, b)).astype(np.float32), np.zeros(b, np.float32)


def jax_peer():
    """One `jit` over a `scan` of all batches: the loop is compiled too."""
    import jax
    import jax.numpy as jnp
    from functools import partial

    act = {"linear": lambda z: z, "sigmoid": jax.nn.sigmoid, "tanh": jnp.tanh, "relu": jax.nn.relu, "softmax": jax.nn.log_softmax}

    def loss_of(parameters, x, t):
        h = x
        for (weight, bias), name in zip(parameters, w["activations"]):
            h = act[name](h @ weight + bias if w["bias"] else h @ weight)
        if w["loss"] == "crossEntropy":
            return -(h * t).sum() / batch
        return ((h - t) ** 2).sum() / (2 * batch if w["loss"] == "halfMse" else batch * outputs)

    xs, ts = jnp.array(x.reshape(batches, batch, -1)), jnp.array(t.reshape(batches, batch, -1))
    tree = jax.tree_util.tree_map

    def step(state, b):
        p, m, v, n = state
        bx, bt = (xs[0], ts[0]) if batches == 1 else (xs[b], ts[b])
        value, g = jax.value_and_grad(loss_of)(p, bx, bt)
        if w["optimizer"] == "sgd":
            return (tree(lambda a, d: a - rate * d, p, g), m, v, n), value
        n = n + 1
        m = tree(lambda a, d: 0.9 * a + 0.1 * d, m, g)
        v = tree(lambda a, d: 0.999 * a + 0.001 * d * d, v, g)
        c1, c2 = 1 - 0.9**n, 1 - 0.999**n
        p = tree(lambda a, mm, vv: a - rate * (mm / c1) / (jnp.sqrt(vv / c2) + 1e-8), p, m, v)
        return (p, m, v, n), value

    unit = max(batches, min(100000, {"W1": 100000, "W2": 50000, "W3": 2000}.get(name, batches)))

    @jax.jit
    def many(state):
        return jax.lax.scan(step, state, jnp.arange(unit) % batches)

    p = [(jnp.array(a), jnp.array(b)) for a, b in start_weights()]
    state = (p, tree(jnp.zeros_like, p), tree(jnp.zeros_like, p), jnp.zeros((), jnp.float32))
    state, _ = many(state)
    jax.block_until_ready(state)
    box = [state]

    def run(count):
        calls = max(1, round(count / unit))
        start = time.perf_counter()
        for _ in range(calls):
            box[0], values = many(box[0])
        jax.block_until_ready(box[0])
        run.scale = count / (calls * unit)
        return values[-1]

    print(json.dumps({"ready": True}), flush=True)
    for line in sys.stdin:
        start = time.perf_counter()
        loss = run(int(line))
        print(json.dumps({"seconds": (time.perf_counter() - start) * run.scale, "loss": float(loss)}), flush=True)


def torch_peer():
    """Eager mode, a module and its optimizer, as in the tutorial."""
    import torch

    torch.set_num_threads(threads)
    act = {"sigmoid": torch.nn.Sigmoid, "tanh": torch.nn.Tanh, "relu": torch.nn.ReLU}
    layers = []
    for i, (a, b) in enumerate(zip(sizes, sizes[1:])):
        layers.append(torch.nn.Linear(a, b, bias=w["bias"]))
        if w["activations"][i] in act:
            layers.append(act[w["activations"][i]]())
    model = torch.nn.Sequential(*layers)
    make = torch.optim.Adam if w["optimizer"] == "adam" else torch.optim.SGD
    # fused: one kernel for all parameters, the fastest according to its documentation.
    optimizer = make(model.parameters(), lr=rate, fused=True)
    xs, ts = torch.tensor(x).split(batch), torch.tensor(t).split(batch)
    classes = [each.argmax(1) for each in ts]
    cross = torch.nn.CrossEntropyLoss()

    def run(count):
        for s in range(count):
            b = s % batches
            optimizer.zero_grad()
            y = model(xs[b])
            loss = cross(y, classes[b]) if w["loss"] == "crossEntropy" else ((y - ts[b]) ** 2).sum() / (2 * batch if w["loss"] == "halfMse" else batch)
            loss.backward()
            optimizer.step()
        return loss.item()

    serve(run)


def sklearn_peer():
    import warnings

    from sklearn.neural_network import MLPClassifier

    warnings.simplefilter("ignore")
    hidden = {"W3": "tanh"}.get(name, "relu")

    def run(count):
        epochs = max(1, round(count / batches))
        model = MLPClassifier(sizes[1:-1], activation=hidden, batch_size=batch, learning_rate_init=rate, alpha=0, shuffle=False, max_iter=epochs, tol=0, n_iter_no_change=epochs + 1, random_state=1)
        start = time.perf_counter()
        model.fit(x, r % outputs)
        run.seconds = (time.perf_counter() - start) * count / (epochs * batches)
        return model.loss_

    print(json.dumps({"ready": True}), flush=True)
    for line in sys.stdin:
        loss = run(int(line))
        print(json.dumps({"seconds": run.seconds, "loss": float(loss)}), flush=True)


def products_peer():
    """The matrix products of a step alone, in the BLAS of NumPy: a lower bound for the time of a step."""
    a = [np.random.rand(batch, n).astype(np.float32) for n in sizes]
    weights = [np.random.rand(p, q).astype(np.float32) for p, q in zip(sizes, sizes[1:])]
    outs = [(np.empty((batch, q), np.float32), np.empty((p, q), np.float32), np.empty((batch, p), np.float32)) for p, q in zip(sizes, sizes[1:])]

    def run(count):
        for _ in range(count):
            for i, weight in enumerate(weights):
                np.matmul(a[i], weight, out=outs[i][0])
                np.matmul(a[i].T, a[i + 1], out=outs[i][1])
                if i > 0:
                    np.matmul(a[i + 1], weight.T, out=outs[i][2])
        return 0

    serve(run)


{"jax": jax_peer, "torch": torch_peer, "sklearn": sklearn_peer, "products": products_peer}[peer]()
