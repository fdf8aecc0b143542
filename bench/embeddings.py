"""The part of embeddings.mjs that runs in Python: gensim as a contender.

Answers requests, one JSON object a line:
  {"do": "train", "edges": FILE, "seed": 1, "walksPerNode": 1, "out": FILE?}  -> {"tokens", "wall", "processor"} of gensim's training alone
"""
import json
import sys
import time

import numpy as np


def edges_of(path):
    pairs = np.array([line.split("\t")[:2] for line in open(path)], dtype=int)
    nodes = pairs.max() + 1
    neighbors = [[] for _ in range(nodes)]
    for u, v in pairs:
        neighbors[u].append(v)
        if u != v:
            neighbors[v].append(u)
    return [np.array(row, dtype=int) for row in neighbors]


def walks_of(neighbors, per_node, length, seed):
    random = np.random.default_rng(seed)
    degrees = np.array([len(row) for row in neighbors])
    offsets = np.concatenate([[0], np.cumsum(degrees)])
    flat = np.concatenate(neighbors)
    walks = []
    for _ in range(per_node):
        walk = np.empty((np.count_nonzero(degrees), length), dtype=int)
        walk[:, 0] = random.permutation(np.flatnonzero(degrees))
        for step in range(1, length):
            current = walk[:, step - 1]
            walk[:, step] = flat[offsets[current] + (random.random(len(current)) * degrees[current]).astype(int)]
        walks.append(walk)
    return np.concatenate(walks)


def train(request):
    from gensim.models import Word2Vec

    neighbors = edges_of(request["edges"])
    walks = walks_of(neighbors, request["walksPerNode"], 80, request["seed"])
    corpus = walks.astype(str).tolist()
    model = Word2Vec(vector_size=128, window=10, negative=5, sg=1, hs=0, min_count=0, sample=0, workers=1, seed=request["seed"])
    model.build_vocab(corpus)
    wall, processor = time.time(), time.process_time()
    model.train(corpus, total_examples=len(corpus), epochs=1)
    wall, processor = time.time() - wall, time.process_time() - processor
    if "out" in request:
        vectors = np.zeros((len(neighbors), 128), dtype="<f4")
        for key in model.wv.index_to_key:
            vectors[int(key)] = model.wv[key]
        vectors.tofile(request["out"])
    return {"tokens": int(walks.size), "wall": wall, "processor": processor}


for line in sys.stdin:
    request = json.loads(line)
    print(json.dumps({"train": train}[request["do"]](request)), flush=True)
