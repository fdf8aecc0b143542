"""Linear models by scikit-learn: writes baselines.json.

    pip install "scikit-learn==1.9.*" && python baselines.py

`penguins`: rows without gaps of examples/penguins.csv, numbers standardized, categories one-hot, all rows train.
`diabetes`: the table of 442 patients that scikit-learn carries, its first 353 rows for training, the rest held out;
inputs and target standardized by the former. Scores for each strength of the penalty, as multiples of the default.
"""

import csv
from pathlib import Path

import numpy as np
from sklearn.datasets import load_diabetes
from sklearn.linear_model import LogisticRegression, Ridge
from sklearn.metrics import accuracy_score, log_loss, mean_absolute_error, r2_score, roc_auc_score
from write import write

strengths = [0.01, 0.1, 1, 10, 100]


def penguins(target, numbers, categories, keep=None):
    with open(Path(__file__).parents[2] / "examples/penguins.csv") as file:
        rows = [row for row in csv.DictReader(file) if "NA" not in row.values()]
    rows = [row for row in rows if keep is None or row[target] in keep]
    x = np.array([[float(row[name]) for name in numbers] for row in rows])
    x = (x - x.mean(axis=0)) / x.std(axis=0)
    for name in categories:
        values = sorted({row[name] for row in rows})
        x = np.column_stack([x, *[[float(row[name] == value) for row in rows] for value in values]])
    return x, np.array([row[target] for row in rows])


measures = ["bill_length_mm", "bill_depth_mm", "flipper_length_mm"]


def classes(target, numbers, categories, keep=None):
    x, t = penguins(target, numbers, categories, keep)
    model = LogisticRegression(tol=1e-12, max_iter=100000).fit(x, t)
    p = model.predict_proba(x)
    auc = roc_auc_score(t, p, multi_class="ovr") if p.shape[1] > 2 else roc_auc_score(t, p[:, 1])
    return {"rows": len(t), "accuracy": accuracy_score(t, p_to(model, p)), "logLoss": log_loss(t, p), "rocAuc": auc}


def p_to(model, p):
    return model.classes_[p.argmax(axis=1)]


def mass():
    x, t = penguins("body_mass_g", measures, ["species", "island", "sex"])
    t = t.astype(float)
    y = Ridge().fit(x, t).predict(x)
    return {"meanAbsoluteError": mean_absolute_error(t, y), "r2": r2_score(t, y)}


def diabetes():
    x, t = load_diabetes(return_X_y=True, scaled=False)
    n = 353
    z = (x - x[:n].mean(axis=0)) / x[:n].std(axis=0)
    scores = []
    for strength in strengths:
        model = Ridge(alpha=strength, tol=1e-12).fit(z[:n], t[:n])
        y = model.predict(z)
        scores.append({"strength": strength, "training": r2_score(t[:n], y[:n]), "validation": r2_score(t[n:], y[n:])})
    return {"trainingRows": n, "scores": scores, "rows": [[*map(float, a), float(b)] for a, b in zip(x, t)]}


found = diabetes()
write(
    __file__,
    {
        "species": classes("species", measures, ["island"]),
        "sex": classes("sex", measures, ["species"]),
        "mass": mass(),
        "diabetesTrainingRows": found["trainingRows"],
        "diabetesScores": found["scores"],
        "diabetesRows": found["rows"],
    },
)
