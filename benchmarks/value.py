"""Lifetime value: CPU seconds and memory beside lifetimes and pymc-marketing.

    python benchmarks/value.py
    python benchmarks/value.py --peer build/lifetimes/bin/python --picture build/value.html
    python benchmarks/value.py --pymc build/pymc/bin/python

CPU time is that of all threads, the least of some rounds; only ratios travel between machines.
Both peers need environments of their own, and are left out without them:

    python -m venv build/lifetimes
    build/lifetimes/bin/pip install lifetimes==0.11.3 "pandas<3" "numpy<2" "pyarrow<21"
    python -m venv build/pymc
    build/pymc/bin/pip install pymc-marketing==0.19.2 pyarrow
"""

from __future__ import annotations

import argparse
import json
import resource
import subprocess
import sys
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from segkit.charts import Picture, lines
from segkit.value import (
    BetaGeo,
    GammaGamma,
    ParetoNBD,
    Policy,
    customer_summary,
    lifetime_value,
)

Cost = dict[str, float]

_ENOUGH = 0.5  # CPU seconds of rounds, for short tasks
SIZES = (10_000, 100_000, 1_000_000)
CDNOW = 2_357
# Fitted to CDNOW (Fader, Hardie & Lee 2005).
TRUTHS = (
    BetaGeo.from_params(r=0.243, alpha=4.414, a=0.793, b=2.426),
    ParetoNBD.from_params(r=0.553, alpha=10.578, s=0.606, beta=11.669),
)
GROWN = ("BG/NBD", "Pareto/NBD", "Gamma-Gamma")
PROPORTION = "growth in proportion"
PEER = "lifetimes: "
# What, and the most CPU seconds.
LIMITS = [("200 refits, BG/NBD", 5.0), ("200 refits, Pareto/NBD", 5.0)]
# What, and how many times faster than lifetimes it must be.
GATES = [
    ("BG/NBD, 1,000,000", 25.0),
    ("CLV, 100,000", 60.0),
    ("Pareto/NBD, 100,000", 25.0),
    ("Gamma-Gamma, 100,000", 10.0),
    ("summary of 1,000,000 rows, copies kept", 3.0),
    ("summary of 1,000,000 rows", 3.0),
]
PYMC = "pymc-marketing, MAP: "
PYMC_TASKS = ("BG/NBD, 100,000", "BG/NBD, 1,000,000")

# Rounds after the first have compiled; compiling alone takes some twenty CPU seconds.
MAP = """
import json, resource, sys, warnings
warnings.simplefilter("ignore")
import pandas as pd
from pymc_marketing import clv
table = pd.read_parquet(sys.argv[1]).rename_axis("customer_id").reset_index()
def cpu():
    spent = resource.getrusage(resource.RUSAGE_SELF)
    return spent.ru_utime + spent.ru_stime
seconds = []
for _ in range(3):
    before = cpu()
    model = clv.BetaGeoModel(data=table)
    model.fit(method="map", progressbar=False)
    seconds.append(cpu() - before)
memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20
fitted = {name: float(model.fit_summary()[name]) for name in ("r", "alpha", "a", "b")}
print(json.dumps({"cpu": min(seconds), "gb": memory, **fitted}))
"""

LIFETIMES = """
import json, resource, sys, warnings
import pandas as pd
warnings.simplefilter("ignore")
from lifetimes import BetaGeoFitter, GammaGammaFitter, ParetoNBDFitter, utils
what, path = sys.argv[1:]
table = pd.read_parquet(path)
def cpu():
    spent = resource.getrusage(resource.RUSAGE_SELF)
    return spent.ru_utime + spent.ru_stime
found = {}
def timed(task):
    # The least of some rounds, the first of which warms up; a long task is run once.
    global result
    seconds = []
    while sum(seconds) < (5 if len(seconds) < 3 else 0.5):
        before = cpu()
        result = task()
        seconds.append(cpu() - before)
    found["cpu"] = min(seconds)
if what.startswith("summary"):
    table["date"] = table["date"].astype("datetime64[ns]")
    timed(lambda: utils.summary_data_from_transaction_data(
        table, "customer", "date", monetary_value_col="amount"))
else:
    history = (table["frequency"], table["recency"], table["T"])
    buyers = table[table["frequency"] > 0]
    spend = (buyers["frequency"], buyers["monetary_value"])
    if what.startswith("CLV"):
        models = BetaGeoFitter().fit(*history), GammaGammaFitter().fit(*spend)
        timed(lambda: models[1].customer_lifetime_value(
            models[0], *history, table["monetary_value"], time=12, discount_rate=0.01, freq="W"))
        found["total"] = float(result.sum())
    elif what.startswith("Gamma"):
        timed(lambda: GammaGammaFitter().fit(*spend))
    else:
        kind = BetaGeoFitter if what.startswith("BG") else ParetoNBDFitter
        timed(lambda: kind().fit(*history))
found["gb"] = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20
print(json.dumps(found))
"""


def whole_days(frame: pd.DataFrame) -> pd.DataFrame:
    days = np.ceil(frame["recency"] * 7 - 1e-9)
    return frame.assign(recency=np.minimum(days / 7, frame["T"]))


def draw(size: int, folder: Path) -> Path:
    """Write customers like CDNOW's, who joined within twelve weeks: whole days, as weeks."""
    path = folder / f"histories_{size}.parquet"
    if not path.exists():
        days = np.random.default_rng(0).integers(189, 273, size)
        frame = whole_days(TRUTHS[0].simulate(days / 7))
        spend = GammaGamma.from_params(p=6.25, q=3.74, gamma=15.44)
        frame["monetary_value"] = spend.simulate(frame["frequency"])
        frame.to_parquet(path)
    return path


def draw_events(rows: int, folder: Path) -> Path:
    path = folder / f"rows_{rows}.parquet"
    if not path.exists():
        rng = np.random.default_rng(0)
        days = np.datetime64("2023-01-01") + rng.integers(0, 730, rows).astype("timedelta64[D]")
        customers = (rng.random(rows) ** 2 * rows / 10).astype(np.int64)
        amount = np.exp(3 + 3 * rng.random(rows)).round(2)
        columns = {"customer": customers, "date": days.astype("datetime64[ms]"), "amount": amount}
        pd.DataFrame(columns).to_parquet(path)
    return path


def value_100k(frame: pd.DataFrame) -> Cost:
    models = BetaGeo().fit(frame), GammaGamma().fit(frame)
    rate, year = 1.01**12 - 1, 12 * 30 / 7
    found: dict[str, float] = {}

    def run() -> None:
        worth = lifetime_value(*models, frame, year, rate, timing="monthly in arrears", unit="week")
        found["total"] = float(worth.value.sum())

    return timed(run) | found


def refits(truth: BetaGeo | ParetoNBD, frame: pd.DataFrame) -> Cost:
    drawn = whole_days(truth.simulate(frame["T"]))
    model = type(truth)().fit(drawn)
    return timed(lambda: model.bootstrap(drawn, refits=200), 1)


def fit(kind: type[BetaGeo | ParetoNBD | GammaGamma], frame: pd.DataFrame) -> Cost:
    return timed(lambda: kind().fit(frame))


# What, how many customers it needs, and how it is done.
TASKS: dict[str, tuple[int, Callable[[pd.DataFrame], Cost]]] = {
    "200 refits, BG/NBD": (CDNOW, partial(refits, TRUTHS[0])),
    "200 refits, Pareto/NBD": (CDNOW, partial(refits, TRUTHS[1])),
    **{f"BG/NBD, {size:,}": (size, partial(fit, BetaGeo)) for size in SIZES},
    **{f"Pareto/NBD, {size:,}": (size, partial(fit, ParetoNBD)) for size in SIZES},
    **{f"Gamma-Gamma, {size:,}": (size, partial(fit, GammaGamma)) for size in SIZES},
    "CLV, 100,000": (100_000, value_100k),
}


def cpu() -> float:
    spent = resource.getrusage(resource.RUSAGE_SELF)
    return spent.ru_utime + spent.ru_stime


def timed(task: Callable[[], Any], rounds: int = 3) -> Cost:
    """Keep the least of some rounds: the first ones also warm up, or bear what a fit left behind.

    The threads of a fit's matrix products wait busily for some time after it.
    """
    seconds: list[float] = []
    while len(seconds) < rounds or (rounds > 1 and sum(seconds) < _ENOUGH):
        before = cpu()
        task()
        seconds.append(cpu() - before)
    return {"cpu": min(seconds), "gb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20}


def run(name: str, folder: Path) -> Cost:
    if name.startswith("summary"):
        table = pd.read_parquet(draw_events(1_000_000, folder))
        policy = Policy(duplicates="keep") if name.endswith("copies kept") else None
        return timed(lambda: customer_summary(table, policy=policy))
    size, task = TASKS[name]
    return task(pd.read_parquet(draw(size, folder)))


def in_process(command: list[str], rounds: int) -> Cost:
    """Take processes of their own, so that each one's memory is seen; keep the cheapest."""
    found: list[Cost] = []
    for _ in range(rounds):
        done = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True)
        found.append(json.loads(done.stdout))
    return min(found, key=lambda cost: cost["cpu"])


def compare(found: dict[str, Cost]) -> None:
    for name, cost in found.items():
        print(f"{name:<36}", "  ".join(f"{key} {value:,.4g}" for key, value in cost.items()))
    for name, most in LIMITS:
        spent = found[name]["cpu"]
        print(
            f"{name}: {spent:.2f} CPU s, at most {most:g}: {'held' if spent <= most else 'MISSED'}"
        )
    for name, least in GATES:
        if PEER + name in found:
            ratio = found[PEER + name]["cpu"] / found[name]["cpu"]
            held = "held" if ratio >= least else "MISSED"
            print(f"{name}: {ratio:.1f} times faster, at least {least:g}: {held}")
    for name in PYMC_TASKS:
        if PYMC + name in found:
            ratio = found[PYMC + name]["cpu"] / found[name]["cpu"]
            print(f"{name}: {ratio:.1f} times faster than pymc-marketing's MAP")
    if PEER + "CLV, 100,000" in found:
        ours, theirs = (found[name]["total"] for name in ("CLV, 100,000", PEER + "CLV, 100,000"))
        print(f"CLV, 100,000: total {ours:,.0f} beside {theirs:,.0f} in months of 30 days")


def growth(found: dict[str, Cost], measure: str, axis: str) -> Picture:
    """Show how a cost grows with the customers, beside growth in proportion."""
    rows = [
        {"customers": size} | {name: found[f"{name}, {size:,}"][measure] for name in GROWN}
        for size in SIZES
    ]
    table = pd.DataFrame(rows)
    first, last = table.iloc[0], table.iloc[-1]
    times = {name: last[name] / first[name] for name in GROWN}
    most = max(times, key=lambda name: times[name])
    table[PROPORTION] = first[most] * table["customers"] / first["customers"]
    many = last["customers"] / first["customers"]
    return Picture(
        title=f"{axis} of a fit",
        finding=(
            f"{many:,.0f} times the customers take at most {times[most]:,.1f} times the {axis} "
            f"({most})."
        ),
        table=table.round(3),
        draw=partial(grown, axis=axis),
    )


def grown(table: pd.DataFrame, axis: str) -> Any:
    """Draw lines on logarithmic scales, where growth in proportion is a straight one."""
    figure = lines(table, x="customers", y=[*GROWN, PROPORTION], x_axis="customers", y_axis=axis)
    figure.update_xaxes(type="log", tickvals=list(SIZES), range=[*np.log10([SIZES[0], SIZES[-1]])])
    return figure.update_yaxes(type="log", dtick=1, rangemode="normal")


def as_page(pictures: Sequence[Picture]) -> str:
    parts = [
        one.figure().to_html(full_html=False, include_plotlyjs=place == 0)
        for place, one in enumerate(pictures)
    ]
    head = '<!doctype html><meta charset="utf-8"><title>Cost of a fit</title>'
    return "\n".join([head, *parts])


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--peer", metavar="PYTHON", help="an interpreter that has lifetimes")
    parser.add_argument("--pymc", metavar="PYTHON", help="an interpreter that has pymc-marketing")
    parser.add_argument("--picture", type=Path, help="write how costs grow, as HTML")
    parser.add_argument("--folder", type=Path, default=Path("build/benchmarks"))
    parser.add_argument("--task", help=argparse.SUPPRESS)
    options = parser.parse_args()
    options.folder.mkdir(parents=True, exist_ok=True)
    if options.task:
        print(json.dumps(run(options.task, options.folder)))
        return
    own = [sys.executable, __file__, "--folder", str(options.folder), "--task"]
    names = [*TASKS, *(name for name, _ in GATES if name.startswith("summary"))]
    found = {name: in_process([*own, name], options.rounds) for name in names}
    if options.peer:
        for name, _ in GATES:
            size = TASKS[name][0] if name in TASKS else None
            path = draw(size, options.folder) if size else draw_events(1_000_000, options.folder)
            command = [options.peer, "-c", LIFETIMES, name, str(path)]
            found[PEER + name] = in_process(command, 1)
    else:
        print("No peer: name an interpreter that has lifetimes with --peer to see the ratios.")
    if options.pymc:
        for name in PYMC_TASKS:
            path = draw(TASKS[name][0], options.folder)
            found[PYMC + name] = in_process([options.pymc, "-c", MAP, str(path)], 1)
    compare(found)
    if options.picture:
        pictures = (growth(found, "cpu", "CPU seconds"), growth(found, "gb", "GB in memory"))
        options.picture.write_text(as_page(pictures), encoding="utf-8")


if __name__ == "__main__":
    main()
