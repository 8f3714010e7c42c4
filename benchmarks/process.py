"""A million stage events into paths, transitions and durations, beside plain pandas and pm4py.

    python benchmarks/process.py
    python benchmarks/process.py --peers build/peers/bin/python

Seconds are the least of some rounds, on the clock and of all threads; all must count the same
variants and steps. pm4py needs an environment of its own:

    python -m venv build/peers
    build/peers/bin/pip install pm4py==2.7.23.11 pyarrow
"""

from __future__ import annotations

import argparse
import json
import subprocess
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from segkit.process import stage_paths, time_in_stage, transition_matrix

MOST = 5.0  # seconds for paths, transitions and durations together
STAGES = np.array(["lead", "demo", "offer", "terms", "won", "lost"], dtype=object)
CHAIN = np.array(
    [
        [0.00, 0.72, 0.00, 0.00, 0.00, 0.28],
        [0.00, 0.05, 0.66, 0.00, 0.00, 0.29],
        [0.00, 0.08, 0.00, 0.62, 0.00, 0.30],
        [0.00, 0.00, 0.05, 0.00, 0.55, 0.40],
    ]
)

PEER = """
import json, sys, time, warnings
warnings.simplefilter("ignore")
import pandas as pd
import pm4py
log = pd.read_parquet(sys.argv[1])
log = pm4py.format_dataframe(log, case_id="case", activity_key="stage", timestamp_key="entered_at")
found = {}
tasks = {
    "paths": lambda: pm4py.get_variants(log),
    "transitions": lambda: pm4py.discover_dfg(log),
    "durations": lambda: pm4py.discover_performance_dfg(log),
}
for name, task in tasks.items():
    clock, cpu = time.perf_counter(), time.process_time()
    result = task()
    found[name] = {"seconds": time.perf_counter() - clock, "cpu": time.process_time() - cpu}
    if name == "paths":
        found[name]["count"] = len(result)
    if name == "transitions":
        found[name]["count"] = sum(result[0].values())
print(json.dumps(found))
"""


def draw(events: int) -> pd.DataFrame:
    """Draw cases from the chain until there are so many events, in order of time."""
    rng = np.random.default_rng(0)
    cases = events // 2
    state, alive = rng.choice(4, cases, p=[0.4, 0.3, 0.2, 0.1]), np.arange(cases)
    parts, day = [], rng.integers(0, 700, cases).astype(np.int64)
    while len(alive):
        parts.append((alive, state[alive], day[alive].copy()))
        alive = alive[state[alive] < 4]
        steps = CHAIN.cumsum(axis=1)[state[alive]]
        state[alive] = (rng.random(len(alive))[:, None] >= steps).sum(axis=1)
        day[alive] += 1 + rng.geometric(0.03, len(alive))
    case, stage, days = (np.concatenate(column) for column in zip(*parts, strict=True))
    kept = np.argsort(case, kind="stable")[:events]
    order = kept[np.argsort(days[kept], kind="stable")]
    return pd.DataFrame(
        {
            "case": np.char.add("D", case[order].astype(str)),
            "stage": STAGES[stage[order]],
            "entered_at": pd.Timestamp("2023-01-01") + pd.to_timedelta(days[order], unit="D"),
        }
    )


def by_pandas(log: pd.DataFrame) -> dict[str, Callable[[], Any]]:
    """The same by the shortest code of pandas: no intervals, no censoring, no checks."""
    rows = log.sort_values(["case", "entered_at"], kind="stable")

    def durations() -> Any:
        left = rows.groupby("case")["entered_at"].shift(-1)
        return (left - rows["entered_at"]).groupby(rows["stage"]).median()

    return {
        "paths": lambda: len(rows.groupby("case")["stage"].agg(tuple).value_counts()),
        "transitions": lambda: int(
            pd.crosstab(rows["stage"], rows.groupby("case")["stage"].shift(-1)).to_numpy().sum()
        ),
        "durations": durations,
    }


def by_segkit(log: pd.DataFrame) -> dict[str, Callable[[], Any]]:
    return {
        "paths": lambda: stage_paths(log),
        "transitions": lambda: int(transition_matrix(log).counts.to_numpy().sum()),
        "durations": lambda: time_in_stage(log),
    }


def timed(task: Callable[[], Any], rounds: int) -> dict[str, Any]:
    costs = []
    for _ in range(rounds):
        clock, cpu = time.perf_counter(), time.process_time()
        found = task()
        costs.append((time.perf_counter() - clock, time.process_time() - cpu))
    seconds, cpu = min(costs)
    return {"seconds": seconds, "cpu": cpu, "count": found if isinstance(found, int) else None}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--events", type=float, default=1e6)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--peers", metavar="PYTHON", help="an interpreter with pm4py")
    parser.add_argument("--folder", type=Path, default=Path("build/benchmarks"))
    options = parser.parse_args()
    log = draw(int(options.events))
    print(f"{len(log):,} events of {log['case'].nunique():,} cases")
    results = {
        name: {what: timed(task, options.rounds) for what, task in make(log).items()}
        for name, make in (("segkit", by_segkit), ("pandas", by_pandas))
    }
    if options.peers:
        options.folder.mkdir(parents=True, exist_ok=True)
        path = options.folder / "events.parquet"
        log.to_parquet(path)
        command = [options.peers, "-c", PEER, str(path)]
        done = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True)
        results["pm4py"] = json.loads(done.stdout.splitlines()[-1])
    for name, found in results.items():
        for what, cost in found.items():
            counted = f"  counts {cost['count']:,}" if cost.get("count") else ""
            print(f"{name:<7} {what:<12} {cost['seconds']:6.2f} s  cpu {cost['cpu']:6.2f}{counted}")
        print(f"{name:<7} together     {sum(cost['seconds'] for cost in found.values()):6.2f} s")
    whole = sum(cost["seconds"] for cost in results["segkit"].values())
    print(f"segkit: {whole:.2f} s, at most {MOST:g}: {'held' if whole <= MOST else 'MISSED'}")
    steps = {found["transitions"]["count"] for found in results.values()}
    print(f"steps counted alike: {'yes' if len(steps) == 1 else f'NO {steps}'}")


if __name__ == "__main__":
    main()
