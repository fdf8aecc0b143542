"""Metrics of classes, by scikit-learn: writes metrics.json.

    pip install "scikit-learn==1.9.*" && python metrics.py

`rocAuc` of several classes is one against the rest, the mean over classes. Scores are rounded, so that some are equal.
`several` are outputs that each answer yes or no: scikit-learn's multilabel targets.
"""

import numpy as np
from sklearn.metrics import f1_score, log_loss, precision_score, recall_score, roc_auc_score

from write import write

random = np.random.default_rng(7)


def macro(targets, predicted):
    scores = {"average": "macro", "zero_division": 0}
    return {
        "macroPrecision": precision_score(targets, predicted, **scores),
        "macroRecall": recall_score(targets, predicted, **scores),
    }


def micro(targets, predicted):
    scores = {"average": "micro", "zero_division": 0}
    return {
        "microF1": f1_score(targets, predicted, **scores),
        "microPrecision": precision_score(targets, predicted, **scores),
        "microRecall": recall_score(targets, predicted, **scores),
    }


def binary(n, digits):
    targets = random.integers(0, 2, n)
    p = np.clip(0.5 * random.random(n) + 0.4 * targets * random.random(n), 0, 1).round(digits)
    return {
        "outputs": [[x] for x in p.tolist()],
        "targets": [[int(t)] for t in targets],
        **macro(targets, (p >= 0.5).astype(int)),
        **micro(targets, (p >= 0.5).astype(int)),
        "rocAuc": roc_auc_score(targets, p),
        "logLoss": log_loss(targets, np.column_stack([1 - p, p])),
    }


def several(n, classes, digits):
    targets = np.concatenate([np.arange(classes), random.integers(0, classes, n - classes)])
    raw = random.random((n, classes)) + 0.5 * np.eye(classes)[targets]
    p = (raw / raw.sum(axis=1, keepdims=True)).round(digits)
    p[:, -1] = 1 - p[:, :-1].sum(axis=1)
    return {
        "outputs": p.tolist(),
        "targets": np.eye(classes, dtype=int)[targets].tolist(),
        **macro(targets, p.argmax(axis=1)),
        **micro(targets, p.argmax(axis=1)),
        "rocAuc": roc_auc_score(targets, p, multi_class="ovr", average="macro"),
        "logLoss": log_loss(targets, p),
    }


def sure_mistakes():
    p = np.array([1.0, 0.0, 1.0, 0.0, 0.5])
    targets = np.array([1, 0, 0, 1, 1])
    return {
        "outputs": [[x] for x in p.tolist()],
        "targets": [[int(t)] for t in targets],
        **macro(targets, (p >= 0.5).astype(int)),
        **micro(targets, (p >= 0.5).astype(int)),
        "rocAuc": roc_auc_score(targets, p),
        "logLoss": log_loss(targets, np.column_stack([1 - p, p])),
    }


def labels(n, outputs, digits):
    targets = np.concatenate([np.eye(outputs, dtype=int), random.integers(0, 2, (n - outputs, outputs))])
    p = np.clip(0.6 * random.random((n, outputs)) + 0.4 * targets * random.random((n, outputs)), 0, 1).round(digits)
    predicted = (p >= 0.5).astype(int)
    return {
        "outputs": p.tolist(),
        "targets": targets.tolist(),
        **micro(targets, predicted),
        "rocAuc": roc_auc_score(targets, p, average="macro"),
        "logLoss": log_loss(targets.ravel(), np.column_stack([1 - p.ravel(), p.ravel()])),
    }


write(
    __file__,
    {
        "binary": [binary(20, 1), binary(50, 2), sure_mistakes()],
        "oneHot": [several(30, 3, 1), several(60, 5, 3)],
        "several": [labels(20, 3, 1), labels(40, 2, 2)],
    },
)
