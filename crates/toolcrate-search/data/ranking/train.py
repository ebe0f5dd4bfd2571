"""Trains the models that rank tools. See README.md.

Usage: train.py OUT FEATURES... [--phrasing]

FEATURES are files written by `measure --features`. OUT is the file for the decision trees. With `--phrasing`, the phrasing
model is also written, to `phrasing.txt` in the current folder.
"""

import sys
import zlib
from pathlib import Path

import lightgbm
import numpy
from sklearn.feature_extraction import DictVectorizer
from sklearn.linear_model import LogisticRegression

# In the order of `phrasing.rs`.
ACTIVITIES = ["list", "get", "count", "create", "update", "replace", "delete", "other"]
FOLDS = 5
# Phrasing that occurs less often is ignored.
MIN_OCCURRENCES = 4
# Weights below this are dropped.
MIN_WEIGHT = 0.12
TREES = 150
PARAMETERS = {
    "objective": "lambdarank",
    "lambdarank_truncation_level": 6,
    "label_gain": [0, 1],
    "num_leaves": 31,
    "learning_rate": 0.12,
    "min_data_in_leaf": 100,
    "feature_fraction": 0.4,
    "bagging_fraction": 0.7,
    "bagging_freq": 1,
    "lambda_l2": 5,
    "seed": 1,
    "deterministic": True,
    "force_row_wise": True,
    "verbose": -1,
}


class Queries:
    """The queries in a file, with the features of their tools."""

    def __init__(self, path):
        self.texts, self.tools, self.phrasing, self.sizes = [], [], [], []
        rows, right, activities = [], [], []
        for line in open(path, encoding="utf-8"):
            columns = line.rstrip("\n").split("\t")
            if columns[0] == "F":
                self.names = columns[1:]
            elif columns[0] == "Q":
                self.texts.append(columns[2])
                self.tools.append(columns[3].split(","))
                self.phrasing.append(columns[4:])
                self.sizes.append(0)
            else:
                right.append(int(columns[0]))
                activities.append(activity(columns[1]))
                rows.append(numpy.array(columns[2:], dtype=numpy.float32))
                self.sizes[-1] += 1
        self.features, self.right = numpy.array(rows), numpy.array(right)
        self.activities = numpy.array(activities)

    def set_activity_shares(self, shares):
        """Replaces the features that depend on the phrasing model."""
        shares_at = self.names.index("activity_share"), self.names.index("relative_activity_share")
        start = 0
        for size, share in zip(self.sizes, shares):
            rows = slice(start, start + size)
            own = share[self.activities[rows]]
            self.features[rows, shares_at[0]] = own
            self.features[rows, shares_at[1]] = own / max(share.max(), 1e-6)
            start += size


def activity(tool):
    """Returns the number of a tool's activity, based on its name."""
    verb = tool.split("_")[0]
    return ACTIVITIES.index(verb if verb in ACTIVITIES else "other")


def fold(text):
    return zlib.crc32(text.encode()) % FOLDS


def examples(files, left_out=None):
    """Returns the phrasing and the right tools of each distinct query, except those in a fold."""
    found = {}
    for queries in files:
        for text, phrasing, tools in zip(queries.texts, queries.phrasing, queries.tools):
            if fold(text) != left_out:
                found[text] = (phrasing, tools)
    return list(found.values())


def train_phrasing(examples):
    """Trains the model on pairs of phrasing and tools."""
    counts = {}
    for phrasing, _ in examples:
        for feature in phrasing:
            counts[feature] = counts.get(feature, 0) + 1
    vectorizer = DictVectorizer(dtype=numpy.float32)
    rows = [{f: 1 for f in phrasing if counts[f] >= MIN_OCCURRENCES} for phrasing, _ in examples]
    model = LogisticRegression(C=0.5, max_iter=1000)
    model.fit(vectorizer.fit_transform(rows), [activity(tools[0]) for _, tools in examples])
    weights = numpy.round(model.coef_ * 10).astype(int)
    kept = numpy.abs(model.coef_).max(axis=0) >= MIN_WEIGHT
    names = vectorizer.get_feature_names_out()
    table = {"": numpy.round(model.intercept_ * 10).astype(int)}
    table.update({name: weights[:, i] for i, name in enumerate(names) if kept[i]})
    return table


def predict(table, phrasing):
    sums = numpy.array(table[""], dtype=float)
    for feature in phrasing:
        sums += table.get(feature, 0)
    powers = numpy.exp(sums / 10 - (sums / 10).max())
    return powers / powers.sum()


def shares_of_others(files):
    """Predicts the activity shares of each query with a model that was trained without it."""
    for queries in files:
        queries.shares = [None] * len(queries.texts)
    for number in range(FOLDS):
        table = train_phrasing(examples(files, left_out=number))
        for queries in files:
            for i, text in enumerate(queries.texts):
                if fold(text) == number:
                    queries.shares[i] = predict(table, queries.phrasing[i])


def write_phrasing(path, files):
    table = train_phrasing(examples(files))
    lines = [f"{name}\t{' '.join(map(str, weights))}" for name, weights in sorted(table.items())]
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")


def number(value, digits):
    return f"{value:.{digits}g}".replace("e-0", "e-").replace("e+0", "e")


def tree_line(tree):
    """Writes a tree as `DecisionTrees::parse` reads it."""
    branches, leaves = [], []

    def add(node):
        if "leaf_value" in node:
            leaves.append(number(node["leaf_value"], 4))
            return -len(leaves)
        position = len(branches)
        branches.append(None)
        below, above = add(node["left_child"]), add(node["right_child"])
        branches[position] = f"{node['split_feature']} {number(node['threshold'], 6)} {below} {above}"
        return position

    add(tree["tree_structure"])
    return f"{','.join(branches)};{','.join(leaves)}"


def main():
    arguments = [argument for argument in sys.argv[1:] if argument != "--phrasing"]
    out, files = Path(arguments[0]), [Queries(path) for path in arguments[1:]]
    shares_of_others(files)
    for queries in files:
        queries.set_activity_shares(queries.shares)
    if "--phrasing" in sys.argv:
        write_phrasing(Path("phrasing.txt"), files)
    data = lightgbm.Dataset(
        numpy.vstack([queries.features for queries in files]),
        numpy.concatenate([queries.right for queries in files]),
        group=[size for queries in files for size in queries.sizes],
    )
    model = lightgbm.train(PARAMETERS, data, TREES)
    trees = model.dump_model()["tree_info"]
    lines = [" ".join(files[0].names)] + [tree_line(tree) for tree in trees]
    out.write_text("\n".join(lines) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
