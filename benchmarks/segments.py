"""Segments: CPU seconds, memory and agreement beside scikit-learn, kmodes and stepmix.

    python benchmarks/segments.py
    python benchmarks/segments.py --peers build/peers/bin/python --scored 1e7
    python benchmarks/segments.py --noise 100

CPU time is that of all threads, the least of some rounds; only ratios travel between machines.
The peers need an environment of their own:

    python -m venv build/peers
    build/peers/bin/pip install kmodes==0.12.2 stepmix==3.0.0
"""

from __future__ import annotations

import argparse
import json
import resource
import subprocess
import sys
from pathlib import Path
from typing import Any

import duckdb
import numpy as np
import pandas as pd
from sklearn.cluster import KMeans
from sklearn.metrics import adjusted_rand_score, silhouette_score
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from segkit.segments import LatentClass, Segmenter, portfolio

Cost = dict[str, float]

SCORED = Path("customers.parquet")
CHUNK = 500_000
# What, its measure, and the most it may be.
LIMITS = [
    ("verdict, 400 x 8", "cpu", 1.5),
    ("verdict, 5,000 x 8", "cpu", 5.0),
    ("million, fitted and assigned", "cpu", 3.0),
    ("million, fitted and assigned", "gb", 1.0),
    ("portfolio, 900 x 36", "cpu", 1.0),
    ("portfolio, 100,000 x 36", "cpu", 10.0),
]
# What, beside what, measure, and the greatest ratio.
GATES = [
    ("million, fitted and assigned", "million, KMeans of all rows", "cpu", 0.5),
    ("million, fitted and assigned", "million, KMeans of all rows", "inertia", 1.005),
    ("scored in DuckDB", "scored by scikit-learn", "cpu", 1.0),
    ("scored in DuckDB", "scored by scikit-learn", "gb", 1.0),
    ("verdict, 5,000 x 8", "silhouettes of 20,000", "cpu", 1.0),
    ("mixed, Segmenter", "mixed, KPrototypes", "cpu", 0.1),
    ("mixed, KPrototypes", "mixed, Segmenter", "ari", 1.0),
    ("classes, LatentClass", "classes, StepMix", "cpu", 0.2),
    ("classes, LatentClass", "classes, StepMix", "minus_log_likelihood", 1.0001),
]

PEERS = """
import json, resource, sys, warnings
import pandas as pd
warnings.simplefilter("ignore")
what, path = sys.argv[1:]
table = pd.read_parquet(path)
def cpu():
    spent = resource.getrusage(resource.RUSAGE_SELF)
    return spent.ru_utime + spent.ru_stime
if what == "mixed, KPrototypes":
    from kmodes.kprototypes import KPrototypes
    from sklearn.metrics import adjusted_rand_score
    truth = table.pop("truth")
    numbers = [name for name in table if name.startswith("n")]
    table[numbers] = (table[numbers] - table[numbers].mean()) / table[numbers].std()
    places = [table.columns.get_loc(name) for name in table if name.startswith("c")]
    before = cpu()
    model = KPrototypes(4, n_init=10, random_state=0)
    labels = model.fit_predict(table.to_numpy(object), categorical=places)
    found = {"ari": adjusted_rand_score(truth, labels)}
else:
    from stepmix import StepMix
    before = cpu()
    model = StepMix(3, measurement="binary", n_init=10, max_iter=5000, abs_tol=1e-8,
                    progress_bar=0, random_state=0).fit(table)
    found = {"minus_log_likelihood": -model.score(table) * len(table)}
found["cpu"] = cpu() - before
found["gb"] = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20
print(json.dumps(found))
"""


def noise(rows: int) -> np.ndarray:
    """Draw the slowest case: no groups to settle in."""
    return np.random.default_rng(0).normal(size=(rows, 8))


def million() -> np.ndarray:
    rng = np.random.default_rng(0)
    centres = rng.normal(scale=2, size=(6, 8))
    return centres[rng.integers(6, size=1_000_000)] + rng.normal(size=(1_000_000, 8))


def mixed() -> pd.DataFrame:
    """Draw four groups that show in four numbers and four categories."""
    rng = np.random.default_rng(0)
    truth = rng.integers(4, size=10_000)
    table = pd.DataFrame({"truth": truth})
    for i in range(4):
        table[f"n{i}"] = rng.normal(np.where(truth == i, 2.5, 0.0))
        says = rng.uniform(size=len(truth)) < 0.7
        levels = np.where(says, (truth + i) % 4, rng.integers(4, size=len(truth)))
        table[f"c{i}"] = np.array(["north", "south", "east", "west"])[levels]
    return table


def survey() -> pd.DataFrame:
    rng = np.random.default_rng(0)
    yes = rng.uniform(0.1, 0.9, size=(3, 8))[rng.integers(3, size=5_000)]
    return pd.DataFrame((rng.uniform(size=yes.shape) < yes).astype(int)).add_prefix("q")


def inertia(rows: np.ndarray, model: Segmenter, centres: np.ndarray) -> float:
    frame = pd.DataFrame(rows, columns=[f"x{i}" for i in range(rows.shape[1])])
    prepared, _ = model.preparation_.transform(frame)
    half = (centres * centres).sum(axis=1) / 2
    nearest = centres[(prepared @ centres.T - half).argmax(axis=1)]
    return float(((prepared - nearest) ** 2).sum())


def fit_million() -> Cost:
    rows = million()
    before = cpu()
    model = Segmenter(k=6).fit(rows)
    spent = cpu() - before
    memory = gigabytes()
    return {"cpu": spent, "gb": memory, "inertia": inertia(rows, model, model.centroids_)}


def kmeans_million() -> Cost:
    rows = million()
    model = Segmenter(k=6, pairs=2).fit(rows)
    frame = pd.DataFrame(rows, columns=[f"x{i}" for i in range(8)])
    prepared, _ = model.preparation_.transform(frame)
    before = cpu()
    full = KMeans(6, n_init=10, random_state=0).fit(prepared)
    return {"cpu": cpu() - before, "inertia": inertia(rows, model, full.cluster_centers_)}


def verdict(rows: int) -> Cost:
    table = noise(rows)
    return timed(lambda: Segmenter().fit(table))


def silhouettes() -> Cost:
    table = noise(20_000)
    labels = [np.arange(len(table)) % k for k in range(2, 8)]
    return timed(lambda: [silhouette_score(table, one) for one in labels])


def judge_portfolio(customers: int, months: int = 36) -> Cost:
    rng = np.random.default_rng(0)
    ledger = pd.DataFrame(
        {
            "customer": np.repeat(np.arange(customers), months),
            "month": np.tile(np.arange(months), customers),
            "paid": rng.lognormal(3, 0.3, customers * months),
            "served": rng.lognormal(1, 0.5, customers * months),
        }
    )
    names = {"customer": "customer", "period": "month", "revenue": "paid", "service": "served"}
    return timed(lambda: portfolio(ledger, **names))


def segment_mixed() -> Cost:
    table = mixed()
    truth = table.pop("truth")
    model = Segmenter(k=4, pairs=2)
    return timed(lambda: model.fit(table)) | {"ari": adjusted_rand_score(truth, model.labels_)}


def latent() -> Cost:
    table = survey()
    model = LatentClass(k=3, starts=10)
    spent = timed(lambda: model.fit(table))
    return spent | {"minus_log_likelihood": -model.log_likelihood_}


def score_by_sql() -> Cost:
    model = Segmenter(k=6, pairs=2).fit(million()[:100_000])
    text = model.to_sql(table="customers")
    connection = duckdb.connect()
    connection.execute(f"CREATE VIEW customers AS SELECT * FROM '{SCORED}'")
    counted = f"SELECT segment, COUNT(*) FROM ({text}) GROUP BY segment"
    return timed(lambda: connection.execute(counted).fetchall())


def score_by_sklearn() -> Cost:
    model = make_pipeline(StandardScaler(), KMeans(6, n_init=1, random_state=0))
    model.fit(million()[:100_000])

    def run() -> None:
        batches = duckdb.sql(f"SELECT * FROM '{SCORED}'").to_arrow_reader(CHUNK)
        for batch in batches:
            model.predict(np.column_stack([column.to_numpy() for column in batch.columns]))

    return timed(run)


TASKS = {
    "verdict, 400 x 8": lambda: verdict(400),
    "verdict, 5,000 x 8": lambda: verdict(5_000),
    "silhouettes of 20,000": silhouettes,
    "million, fitted and assigned": fit_million,
    "million, KMeans of all rows": kmeans_million,
    "portfolio, 900 x 36": lambda: judge_portfolio(900),
    "portfolio, 100,000 x 36": lambda: judge_portfolio(100_000),
    "mixed, Segmenter": segment_mixed,
    "classes, LatentClass": latent,
    "scored in DuckDB": score_by_sql,
    "scored by scikit-learn": score_by_sklearn,
}


NOISE = {
    "uniform": lambda rng, rows: pd.DataFrame(rng.uniform(size=(rows, 6))),
    "normal": lambda rng, rows: pd.DataFrame(rng.normal(size=(rows, 8))),
    "lognormal": lambda rng, rows: pd.DataFrame(rng.lognormal(size=(rows, 5))),
    "ratings": lambda rng, rows: pd.DataFrame(rng.integers(1, 6, (rows, 10))),
    "with categories": lambda rng, rows: pd.DataFrame(
        {
            "number": rng.normal(size=rows),
            "skewed": rng.lognormal(size=rows),
            "place": rng.choice(list("pqrs"), rows),
            "plan": rng.choice(["u", "v"], rows, p=[0.8, 0.2]),
            "switch": rng.integers(0, 2, rows),
        }
    ),
    "correlated": lambda rng, rows: pd.DataFrame(
        rng.multivariate_normal(np.zeros(6), 0.3 + 0.7 * np.eye(6), rows)
    ),
}


def judge_noise(draws: int, rows: int = 250) -> None:
    """Count verdicts on columns without groups; in 95 of 100 draws none may be called found.

    Independent columns must give "no structure". Correlated ones hang together: slicing them is
    constructive, and they may not be called natural or reproducible.
    """
    for name, draw in NOISE.items():
        seen: dict[str, int] = {}
        for seed in range(draws):
            table = draw(np.random.default_rng([7, seed]), rows).rename(columns=str)
            verdict = Segmenter(random_state=seed).fit(table).verdict_
            seen[verdict] = seen.get(verdict, 0) + 1
        right = seen.get("no structure", 0)
        right += seen.get("constructive", 0) if name == "correlated" else 0
        held = "held" if right >= 0.95 * draws else "MISSED"
        print(f"noise, {name:<16} {held}  {seen}", flush=True)


def cpu() -> float:
    spent = resource.getrusage(resource.RUSAGE_SELF)
    return spent.ru_utime + spent.ru_stime


def gigabytes() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20


def timed(task: Any) -> Cost:
    before = cpu()
    task()
    return {"cpu": cpu() - before, "gb": gigabytes()}


def draw_scored(rows: int) -> None:
    if not SCORED.exists():
        columns = ", ".join(f"RANDOM() * 10 - 5 AS x{i}" for i in range(8))
        duckdb.sql(f"COPY (SELECT {columns} FROM RANGE({rows})) TO '{SCORED}'")


def in_process(command: list[str]) -> Cost:
    done = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True)
    found: Cost = json.loads(done.stdout)
    return found


def compare(found: dict[str, Cost]) -> None:
    for name, cost in found.items():
        print(f"{name:<30}", "  ".join(f"{key} {value:,.4g}" for key, value in cost.items()))
    for name, measure, most in LIMITS:
        held = "held" if found[name][measure] <= most else "MISSED"
        print(f"{name}: {measure} {found[name][measure]:.3g}, at most {most:g}: {held}")
    for name, beside, measure, most in GATES:
        if name in found and beside in found:
            ratio = found[name][measure] / found[beside][measure]
            held = "held" if ratio <= most else "MISSED"
            print(f"{name} / {beside}: {measure} {ratio:.4f}, at most {most:g}: {held}")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--scored", type=float, default=2e6, help="customers to score")
    parser.add_argument("--noise", type=int, metavar="DRAWS", help="judge noise, and nothing else")
    parser.add_argument("--peers", metavar="PYTHON", help="an interpreter with kmodes and stepmix")
    parser.add_argument("--folder", type=Path, default=Path("build/benchmarks"))
    parser.add_argument("--task", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.noise:
        judge_noise(options.noise)
        return
    global SCORED  # noqa: PLW0603  # one file, named by the arguments
    SCORED = options.folder / f"customers_{int(options.scored)}.parquet"
    options.folder.mkdir(parents=True, exist_ok=True)
    draw_scored(int(options.scored))
    if options.task:
        print(json.dumps(TASKS[options.task]()))
        return
    own = [sys.executable, __file__, "--scored", str(options.scored)]
    own += ["--folder", str(options.folder), "--task"]
    found = {
        # Processes of their own, so that each one's memory is seen.
        name: min(
            (in_process([*own, name]) for _ in range(options.rounds)), key=lambda cost: cost["cpu"]
        )
        for name in TASKS
    }
    if options.peers:
        for name, table in (("mixed, KPrototypes", mixed()), ("classes, StepMix", survey())):
            path = options.folder / "peers.parquet"
            table.to_parquet(path)
            found[name] = in_process([options.peers, "-c", PEERS, name, str(path)])
    else:
        print("kmodes and stepmix were not asked for: name an interpreter that has them by --peers")
    compare(found)


if __name__ == "__main__":
    main()
