"""Logistic regressions, F1 and AUC by scikit-learn: writes ranking.json.

    pip install "scikit-learn==1.9.*" && python ranking.py

Solver liblinear with C = 1 (and 0.1), which penalizes the intercept; tolerance 1e-12. One row of `coefficients` for each class,
the intercept last.
"""

import warnings

import numpy as np
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import f1_score, roc_auc_score

from write import write

warnings.filterwarnings("ignore")
rng = np.random.default_rng(5)
x = np.round(rng.normal(size=(60, 4)), 6)
scores = x @ rng.normal(size=(4, 3)) + rng.normal(size=(60, 3))
y = (scores > [0.2, -0.5, 1.5]).astype(int)
y[y.sum(1) == 0, 0] = 1


def fitted(c, k):
    model = LogisticRegression(solver="liblinear", C=c, tol=1e-12, max_iter=10000).fit(x[:40], y[:40, k])
    return [*model.coef_[0].tolist(), float(model.intercept_[0])]


coefficients = {c: [fitted(c, k) for k in range(3)] for c in (1, 0.1)}
w = np.array(coefficients[1])
found = x[40:] @ w[:, :4].T + w[:, 4]
predicted = np.zeros((20, 3), int)
for i in range(20):
    predicted[i, np.argsort(-found[i])[: y[40 + i].sum()]] = 1
ranked = np.round(rng.normal(size=50), 1)
truth = rng.integers(0, 2, size=50)
write(
    __file__,
    {
        "features": x.tolist(),
        "targets": y.tolist(),
        "coefficients": [{"C": c, "rows": rows} for c, rows in coefficients.items()],
        "predicted": predicted.tolist(),
        "f1": {a: f1_score(y[40:], predicted, average=a, zero_division=0) for a in ("micro", "macro")},
        "scores": ranked.tolist(),
        "truth": truth.tolist(),
        "auc": roc_auc_score(truth, ranked),
    },
)
