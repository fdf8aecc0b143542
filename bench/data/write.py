"""scikit-learn's own copies of three tables, as CSV beside this file.

    pip install "scikit-learn==1.9.*" && python write.py
"""

from csv import writer
from pathlib import Path

from sklearn.datasets import load_breast_cancer, load_diabetes, load_wine


def write(name, table, target, values):
    with open(Path(__file__).parent / f"{name}.csv", "w", newline="") as file:
        rows = writer(file, lineterminator="\n")
        rows.writerow([each.replace(" ", "_").replace("/", "_") for each in table.feature_names] + [target])
        for row, value in zip(table.data, values):
            rows.writerow([f"{number:.12g}" for number in row] + [value])


wine, cancer = load_wine(), load_breast_cancer()
write("wine", wine, "cultivar", [wine.target_names[each] for each in wine.target])
write("breast-cancer", cancer, "diagnosis", [cancer.target_names[each] for each in cancer.target])
# in the units of measurement: each side scales for itself
diabetes = load_diabetes(scaled=False)
write("diabetes", diabetes, "progression", [f"{each:g}" for each in diabetes.target])
