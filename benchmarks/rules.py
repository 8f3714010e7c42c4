"""Rules of deals beside pysubgroup, imodels and a pruned tree: what they find, and what it costs.

    python benchmarks/rules.py
    python benchmarks/rules.py --peer build/rules/bin/python --null 100

Each finds rules on deals of twelve attributes in which one rule is planted, and on the same deals
with permuted outcomes, where there is nothing to find. CPU time is that of one thread; only ratios
travel between machines. The peers need an environment of their own:

    python -m venv build/rules
    build/rules/bin/pip install pysubgroup imodels six "pandas<3"
"""

from __future__ import annotations

import argparse
import json
import subprocess
from pathlib import Path
from time import process_time
from typing import Any

import numpy as np
import pandas as pd
from threadpoolctl import threadpool_limits

from segkit.scoring import DealRules

ROWS = 10_000
PLANTED = "b0 and x0 > 1.5 and not (b1 and not b2)"
MOST_SECONDS = 5.0
RATES = (0.05, 0.3, 0.5)

PEER = """
import json, sys, time, warnings
import numpy as np, pandas as pd
warnings.simplefilter("ignore")
which, path = sys.argv[1:]
table = pd.read_csv(path)
y = table.pop("won").to_numpy(bool)
cut = len(y) * 2 // 3
before = time.process_time()
if which == "pysubgroup":
    import pysubgroup as ps
    own = table.iloc[:cut].assign(won=y[:cut])
    target = ps.BinaryTarget("won", True)
    space = ps.create_selectors(own, ignore=["won"], nbins=10)
    task = ps.SubgroupDiscoveryTask(own, target, space, result_set_size=10, depth=3,
                                    qf=ps.WRAccQF())
    found = [(str(row.subgroup), row.subgroup) for row in ps.DFS().execute(task).to_dataframe()
             .itertuples()]
    rules = [words for words, _ in found]
    covered = [rule.covers(table.iloc[cut:]) for _, rule in found]
else:
    X = pd.get_dummies(table).astype(float)
    if which == "tree, 1-SE":
        from sklearn.model_selection import cross_val_score
        from sklearn.tree import DecisionTreeClassifier, export_text
        tree = DecisionTreeClassifier(min_samples_leaf=40, random_state=0)
        alphas = np.unique(tree.cost_complexity_pruning_path(X[:cut], y[:cut]).ccp_alphas)[::-1]
        alphas = alphas[np.unique(np.linspace(0, len(alphas) - 1, 25).astype(int))]
        scores = np.array([cross_val_score(tree.set_params(ccp_alpha=max(a, 0)), X[:cut], y[:cut],
                                           cv=10, scoring="neg_log_loss") for a in alphas])
        mean, error = scores.mean(1), scores.std(1) / np.sqrt(10)
        best = mean.argmax()
        chosen = np.flatnonzero(mean >= mean[best] - error[best])[0]
        tree.set_params(ccp_alpha=max(alphas[chosen], 0)).fit(X[:cut], y[:cut])
        leaves = tree.apply(X[cut:])
        rate = tree.predict_proba(X[:cut])[:, 1]
        names = tree.apply(X[:cut])
        good = [leaf for leaf in np.unique(names) if y[:cut][names == leaf].mean() > y[:cut].mean()]
        good = good if tree.get_n_leaves() > 1 else []
        rules = [f"leaf {leaf}" for leaf in good]
        covered = [leaves == leaf for leaf in good]
    else:
        import imodels
        model = imodels.SkopeRulesClassifier(max_depth=3, n_estimators=50, random_state=0,
                                             precision_min=min(0.9, y[:cut].mean() * 1.2),
                                             recall_min=0.01)
        model.fit(X[:cut].to_numpy(), y[:cut].astype(int), feature_names=list(X.columns))
        rules = [str(rule) for rule in model.rules_[:10]]
        covered = [X.iloc[cut:].eval(rule).to_numpy() for rule in rules]
seconds = time.process_time() - before
out = y[cut:]
rates = [float(out[held].mean()) if held.any() else None for held in covered]
print(json.dumps({"cpu": seconds, "rules": rules[:3], "count": len(rules), "rates": rates,
                  "base": float(out.mean())}))
"""


def deals(rows: int, seed: int = 0) -> pd.DataFrame:
    rng = np.random.default_rng(seed)
    columns: dict[str, Any] = {f"b{i}": rng.random(rows) < 0.4 for i in range(6)}
    columns |= {f"x{i}": rng.lognormal(size=rows) for i in range(4)}
    columns |= {f"c{i}": rng.choice(list("abcd"), rows) for i in range(2)}
    return pd.DataFrame(columns)


def outcomes(frame: pd.DataFrame, seed: int = 1) -> np.ndarray:
    good = frame["b0"] & (frame["x0"] > 1.5) & ~(frame["b1"] & ~frame["b2"])
    rng = np.random.default_rng(seed)
    return np.asarray(rng.random(len(frame)) < np.where(good, 0.8, 0.15))


def ours(frame: pd.DataFrame, won: np.ndarray) -> dict[str, Any]:
    before = process_time()
    with threadpool_limits(1):
        found = DealRules().fit(frame, won)
    return {
        "cpu": process_time() - before,
        "rules": found.target_["rule"].tolist(),
        "count": len(found.target_),
        "rates": found.target_["holdout_rate"].tolist(),
        "base": float(won.mean()),
    }


def peer(python: str, which: str, frame: pd.DataFrame, won: np.ndarray, folder: Path) -> Any:
    path = folder / "deals.csv"
    frame.assign(won=won).to_csv(path, index=False)
    done = subprocess.run(
        [python, "-c", PEER, which, str(path)], stdout=subprocess.PIPE, text=True, check=False
    )
    return json.loads(done.stdout) if done.returncode == 0 else None


def told(name: str, found: dict[str, Any] | None) -> None:
    if found is None:
        print(f"{name:<28} could not be run")
        return
    rates = [f"{rate:.0%}" for rate in found["rates"] if rate is not None]
    print(
        f"{name:<28} {found['cpu']:6.2f} CPU s, {found['count']} rules, on deals not seen "
        f"{', '.join(rates) or 'none'} (base {found['base']:.0%}): {'; '.join(found['rules'][:2])}"
    )


def null(runs: int) -> None:
    """Count the runs on permuted outcomes that find any rule."""
    frame = deals(3_000)
    for rate in RATES if runs else ():
        labels = np.arange(len(frame)) < rate * len(frame)
        found = 0
        for run in range(runs):
            permuted = np.random.default_rng(run).permutation(labels)
            with threadpool_limits(1):
                one = DealRules(random_state=run).fit(frame, permuted)
            found += len(one.target_) + len(one.non_target_) > 0
        print(f"permuted outcomes, base rate {rate:.0%}: rules in {found} of {runs} runs")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--peer", metavar="PYTHON", help="an interpreter that has the peers")
    parser.add_argument("--null", type=int, default=0, metavar="RUNS")
    parser.add_argument("--folder", type=Path, default=Path("build/benchmarks"))
    options = parser.parse_args()
    options.folder.mkdir(parents=True, exist_ok=True)
    frame = deals(ROWS)
    won = outcomes(frame)
    permuted = np.random.default_rng(2).permutation(won)
    print(f"planted: {PLANTED}")
    for what, labels in (("planted", won), ("permuted", permuted)):
        found = ours(frame, labels)
        told(f"segkit, {what}", found)
        print(
            f"  at most {MOST_SECONDS:g} s: {'held' if found['cpu'] <= MOST_SECONDS else 'MISSED'}"
        )
        for which in ("pysubgroup", "imodels", "tree, 1-SE") if options.peer else ():
            told(f"{which}, {what}", peer(options.peer, which, frame, labels, options.folder))
    if not options.peer:
        print("No peers: name an interpreter that has them with --peer.")
    null(options.null)


if __name__ == "__main__":
    main()
