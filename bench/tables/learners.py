"""scikit-learn's side of the comparison.

    learners.py split TABLE.csv TARGET TASK FOLDER SEEDS     FOLDER/SEED/train.csv, test.csv, for both to read
    learners.py encode TARGET TASK FOLDER SEEDS              FOLDER/SEED/encoded.{json,bin}: the same numbers for both
    learners.py baselines TARGET TASK FOLDER SEEDS           the test scores of its three usual models, as JSON
    learners.py serve                                        fits what it is told on standard input, a JSON a line
"""

import json
import sys
import time
import warnings
from pathlib import Path

import numpy as np

warnings.simplefilter("ignore")


def read(path):
    import pandas

    return pandas.read_csv(path, na_values=["NA"])


def preprocessing(features, scaled=True):
    """Numbers: missing values become the median, then standardized; categories: the most frequent value, then one-hot."""
    from sklearn.compose import make_column_selector, make_column_transformer
    from sklearn.impute import SimpleImputer
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import OneHotEncoder, StandardScaler

    numbers = [SimpleImputer(strategy="median")] + [StandardScaler()] * scaled
    return make_column_transformer(
        (make_pipeline(*numbers), make_column_selector(dtype_include="number")),
        (
            make_pipeline(SimpleImputer(strategy="most_frequent"), OneHotEncoder(handle_unknown="ignore", sparse_output=False)),
            make_column_selector(dtype_exclude="number"),
        ),
    )


def split(table, target, task, folder, seeds):
    from sklearn.model_selection import train_test_split

    rows = read(table).dropna(subset=[target])
    for seed in range(1, seeds + 1):
        parts = train_test_split(rows, test_size=0.2, random_state=seed, stratify=rows[target] if task == "classification" else None)
        place = folder / str(seed)
        place.mkdir(exist_ok=True)
        for part, name in zip(parts, ["train", "test"]):
            part.to_csv(place / f"{name}.csv", index=False)


def parts_of(folder, seed, target):
    for name in ["train", "test"]:
        rows = read(folder / str(seed) / f"{name}.csv")
        yield rows.drop(columns=[target]), rows[target]


def encode(target, task, folder, seeds):
    from sklearn.preprocessing import LabelEncoder, StandardScaler

    for seed in range(1, seeds + 1):
        (x, y), (test_x, test_y) = parts_of(folder, seed, target)
        # The shades are on one scale already.
        before = preprocessing(x, scaled=x.shape[1] < 784)
        x, test_x = before.fit_transform(x), before.transform(test_x)
        if task == "classification":
            labels = LabelEncoder()
            y, test_y = labels.fit_transform(y), labels.transform(test_y)
        else:
            scaler = StandardScaler()
            column = lambda values: np.asarray(values, float).reshape(-1, 1)
            y, test_y = scaler.fit_transform(column(y)).ravel(), scaler.transform(column(test_y)).ravel()
        numbers = [np.asarray(each, np.float64) for each in (x, y, test_x, test_y)]
        place = folder / str(seed)
        (place / "encoded.bin").write_bytes(b"".join(each.tobytes() for each in numbers))
        (place / "encoded.json").write_text(json.dumps([each.shape for each in numbers]))


def decoded(place):
    shapes = json.loads((place / "encoded.json").read_text())
    numbers = np.frombuffer((place / "encoded.bin").read_bytes())
    at = 0
    for shape in shapes:
        size = int(np.prod(shape))
        yield numbers[at : at + size].reshape(shape)
        at += size


def baselines(target, task, folder, seeds):
    from sklearn.compose import TransformedTargetRegressor
    from sklearn.ensemble import RandomForestClassifier, RandomForestRegressor
    from sklearn.linear_model import LinearRegression, LogisticRegression
    from sklearn.neural_network import MLPClassifier, MLPRegressor
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import StandardScaler

    scores = {}
    for seed in range(1, seeds + 1):
        (x, y), (test_x, test_y) = parts_of(folder, seed, target)
        if task == "classification":
            models = {"MLP": MLPClassifier(random_state=seed), "linear": LogisticRegression(), "forest": RandomForestClassifier(random_state=seed)}
        else:
            # A target in its own units is far from the initial outputs of the default MLP.
            mlp = TransformedTargetRegressor(MLPRegressor(random_state=seed), transformer=StandardScaler())
            models = {"MLP": mlp, "linear": LinearRegression(), "forest": RandomForestRegressor(random_state=seed)}
        for name, model in models.items():
            fitted = make_pipeline(preprocessing(x, scaled=name != "forest"), model).fit(x, y)
            scores.setdefault(name, []).append(fitted.score(test_x, test_y))
    print(json.dumps(scores))


def serve():
    """One fit for each line: { place, task, hidden, activation, epochs, batch, rate, alpha, seed, float32 }."""
    from sklearn.neural_network import MLPClassifier, MLPRegressor

    held = {}
    for line in sys.stdin:
        ask = json.loads(line)
        if ask["place"] not in held:
            held.clear()
            held[ask["place"]] = list(decoded(Path(ask["place"])))
        x, y, test_x, test_y = held[ask["place"]]
        if ask["float32"]:
            x, test_x = x.astype(np.float32), test_x.astype(np.float32)
        if ask["task"] == "classification":
            y, test_y = y.astype(int), test_y.astype(int)
        make = MLPClassifier if ask["task"] == "classification" else MLPRegressor
        epochs = ask["epochs"]
        # No tolerance ends training early.
        model = make(
            hidden_layer_sizes=ask["hidden"],
            activation=ask["activation"],
            alpha=ask["alpha"],
            batch_size=ask["batch"],
            learning_rate_init=ask["rate"],
            max_iter=epochs,
            tol=0,
            n_iter_no_change=epochs + 1,
            random_state=ask["seed"],
        )
        start, work = time.perf_counter(), time.process_time()
        model.fit(x, y)
        seconds, cpu = time.perf_counter() - start, time.process_time() - work
        print(json.dumps({"seconds": seconds, "cpu": cpu, "score": float(model.score(test_x, test_y)), "epochs": model.n_iter_}), flush=True)


def versions():
    import platform

    import sklearn

    print(json.dumps({"scikit-learn": sklearn.__version__, "NumPy": np.__version__, "Python": platform.python_version()}))


if __name__ == "__main__":
    mode, *rest = sys.argv[1:]
    if mode == "serve":
        serve()
    elif mode == "versions":
        versions()
    elif mode == "split":
        split(rest[0], rest[1], rest[2], Path(rest[3]), int(rest[4]))
    else:
        {"encode": encode, "baselines": baselines}[mode](rest[0], rest[1], Path(rest[2]), int(rest[3]))
