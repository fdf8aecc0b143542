"""Vectors of Zachary's karate club by dense matrices in float64 with NumPy and SciPy: writes propagation.json.

    pip install numpy scipy && python propagation.py

Everything is computed from the definitions: the hash of an id, Philox, the sparse projection, the iterations. The edges are read
from src/graphs/methods/fixtures.ts. Nodes are in the order in which the edges name them.
"""

import re
from pathlib import Path

import numpy as np
from scipy.special import iv

from write import write

source = (Path(__file__).parent / "../../src/graphs/methods/fixtures.ts").read_text()
table = source[source.index("const friends:") :].split("};")[0]
pairs = [
    (int(u), int(v))
    for u, others in re.findall(r"^  (\d+): \[([\d, ]+)\]", table, re.MULTILINE)
    for v in others.split(",")
]
assert len(pairs) == 78
ids = list(dict.fromkeys(node for pair in pairs for node in pair))
A = np.zeros((34, 34))
for u, v in pairs:
    A[ids.index(u), ids.index(v)] = A[ids.index(v), ids.index(u)] = 1

mask = 0xFFFFFFFF


def hash_of(text):
    a, b = 0x9E3779B9, 0xBB67AE85
    for letter in text:
        a = ((a ^ (a >> 15) ^ ord(letter)) * 0x85EBCA6B) & mask
        b = ((b ^ (b >> 13) ^ ord(letter)) * 0xC2B2AE35) & mask
    return a, b


def philox(counter, key):
    c, k = list(counter), list(key)
    for _ in range(10):
        p0, p1 = 0xD2511F53 * c[0], 0xCD9E8D57 * c[2]
        c = [(p1 >> 32) ^ c[1] ^ k[0], p1 & mask, (p0 >> 32) ^ c[3] ^ k[1], p0 & mask]
        k = [(k[0] + 0x9E3779B9) & mask, (k[1] + 0xBB67AE85) & mask]
    return c


def words(width, seed):
    rows = []
    for node in ids:
        low, high = hash_of(f"number:{node}")
        row = [word for block in range(-(-width // 4)) for word in philox([block, low, high, 1], [seed, 0])]
        rows.append(row[:width])
    return np.array(rows, dtype=np.float64)


def unit(x):
    norms = np.linalg.norm(x, axis=1, keepdims=True)
    return x / np.where(norms == 0, 1, norms)


def cleora(width, iterations, whiten, seed):
    x = words(width, seed) / 2**31 - 1
    for i in range(iterations):
        x = unit(A @ (x if i == 0 else unit(x)) / A.sum(1, keepdims=True))
        if whiten:
            x = x - x.mean(0)
            values, vectors = np.linalg.eigh(x.T @ x / len(x))
            x = x @ vectors / np.sqrt(values)
    return x


def fastrp(width, weights, self_influence, strength, symmetric, seed):
    w = words(width, seed)
    d = A.sum(1)
    x = np.sqrt(3) * (np.where(w < 2**32 / 6, 1, 0) - np.where((w >= 2**32 / 6) & (w < 2**32 / 3), 1, 0)) * d[:, None] ** strength
    s = A / np.sqrt(np.outer(d, d)) if symmetric else A / d[:, None]
    total = self_influence * unit(x)
    for weight in weights:
        x = unit(s @ x)
        total = total + weight * x
    return total


def prone(width, mu, theta, order, seed, iterations=5):
    steps = A / A.sum(1, keepdims=True)
    noise = steps.sum(0) ** 0.75
    m = np.where(A > 0, np.log(np.where(A > 0, steps, 1)) - np.log(noise / noise.sum()), 0)
    q = np.linalg.qr(m @ (words(width, seed) / 2**31 - 1))[0]
    for _ in range(iterations):
        q = np.linalg.qr(m @ np.linalg.qr(m.T @ q)[0])[0]
    w, s, _ = np.linalg.svd(q.T @ m, full_matrices=False)
    x = unit(q @ w * np.sqrt(s))
    if order == 1:
        return x
    loops = A + np.eye(34)
    m = (1 - mu) * np.eye(34) - loops / loops.sum(1, keepdims=True)
    terms = [x, 0.5 * m @ m @ x - x]
    while len(terms) < order:
        terms.append(m @ m @ terms[-1] - 2 * terms[-1] - terms[-2])
    filtered = sum((1 if i == 0 else 2) * (-1) ** i * iv(i, theta) * term for i, term in enumerate(terms[:order]))
    u, s, _ = np.linalg.svd(loops @ (x - filtered), full_matrices=False)
    return unit(u * np.sqrt(s))


rows = [
    {"method": "cleora", "seed": 1, "options": {"dimensions": 5, "iterations": 3, "whiten": False}},
    {"method": "cleora", "seed": 2, "options": {"dimensions": 6, "iterations": 2, "whiten": True}},
    {"method": "cleora", "seed": 1, "options": {"dimensions": 4, "iterations": 10, "whiten": True}},
    {"method": "fastrp", "seed": 1, "options": {"dimensions": 6, "iterationWeights": [0, 0.5, 1]}},
    {
        "method": "fastrp",
        "seed": 3,
        "options": {
            "dimensions": 7,
            "iterationWeights": [1, 0, 2, -1],
            "selfInfluence": 0.3,
            "normalizationStrength": -0.5,
            "neighborWeights": "mean",
        },
    },
    {"method": "prone", "seed": 1, "options": {"dimensions": 6, "order": 1}},
    {"method": "prone", "seed": 1, "options": {"dimensions": 6}},
    {"method": "prone", "seed": 2, "options": {"dimensions": 8, "mu": 0.5, "theta": 1.5, "order": 4}},
]
for row in rows:
    o, seed = row["options"], row["seed"]
    if row["method"] == "cleora":
        x = cleora(o["dimensions"], o["iterations"], o["whiten"], seed)
    elif row["method"] == "prone":
        x = prone(o["dimensions"], o.get("mu", 0.2), o.get("theta", 0.5), o.get("order", 10), seed)
    else:
        x = fastrp(
            o["dimensions"],
            o["iterationWeights"],
            o.get("selfInfluence", 0),
            o.get("normalizationStrength", 0),
            o.get("neighborWeights", "symmetric") == "symmetric",
            seed,
        )
    # The columns of whitened or factorized vectors are determined up to a rotation or a sign: the products of rows are not.
    row["products"] = (x @ x.T)[:5].tolist()
    if not o.get("whiten", False) and row["method"] != "prone":
        row["vectors"] = x.tolist()
write(__file__, {"vectors": rows})
