"""Events to customers: CPU seconds and memory beside hand-written SQL, pandas and lifetimes.

    python benchmarks/engine.py --rows 1e6 1e7
    python benchmarks/engine.py --rows 1e8 --big --rounds 1
    python benchmarks/engine.py --rows 1e6 --lifetimes build/lifetimes/bin/python
    python benchmarks/engine.py --rows 1e6 --ids text --lifetimes build/lifetimes/bin/python
    python benchmarks/engine.py --rows 1e7 --lines 4 --lifetimes build/lifetimes/bin/python

CPU time is that of all threads, the median of some rounds; only ratios travel between machines.
Everything reads the same Parquet file, and what is compared runs on as many threads. "Copies kept"
does not look for duplicate rows: nor do lifetimes and the plain statements. "Same ledger" also
counts rows and money, as the statement does. benchmarks/engine.md has the figures. lifetimes is
compared on the packages that it was made for, in an environment of its own:

    python -m venv build/lifetimes
    build/lifetimes/bin/pip install lifetimes==0.11.3 "pandas<3" "numpy<2" "pyarrow<21"
"""

from __future__ import annotations

import argparse
import itertools
import json
import os
import resource
import statistics
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import duckdb
import pandas as pd
import pyarrow.parquet as pq

from segkit.engine import LAST_DAY, DuckDB, EventQueries, locate, project
from segkit.value.policy import Policy
from segkit.value.summary import customer_summary

MILLION = 1_000_000
Costs = dict[str, dict[str, float]]

SPLIT, END = "2024-06-30", "2024-12-30"
KEEP = Policy(duplicates="keep")

ORDERS = """
SELECT
  {mark}CAST(FLOOR(POWER(RANDOM(), 2) * {customers}) AS BIGINT) AS customer,
  DATE '2023-01-01' + CAST(FLOOR(RANDOM() * 730) AS INTEGER) AS date"""
AMOUNT = "ROUND(EXP(3 + RANDOM() * 3), 2) AS amount"

PLAIN = """SELECT customer, COUNT(*), MIN(date), MAX(date), SUM(amount)
FROM '{path}' GROUP BY customer"""

BY_HAND = """WITH days AS (
  SELECT customer, date, SUM({amount}) AS net FROM {lines} GROUP BY customer, date
)
SELECT
  customer,
  COUNT(*) - 1 AS frequency,
  MAX(date) - MIN(date) AS recency,
  DATE '2024-12-30' - MIN(date) AS T,
  SUM(net) - ARG_MIN(net, date) AS repeat_spend
FROM days WHERE net > 0 GROUP BY customer ORDER BY customer"""
EXACT = "CAST(amount AS DECIMAL(18, 2))"
DISTINCT = "(SELECT DISTINCT customer, date, amount FROM '{path}')"
WITH_LEDGER = """WITH days AS (
  SELECT customer, date, COUNT(*) AS lines, SUM({amount}) AS net
  FROM {lines} WHERE amount IS NOT NULL GROUP BY customer, date
)
SELECT
  customer,
  net > 0 AS bought,
  COUNT(*) - 1 AS frequency,
  SUM(lines) AS lines,
  MAX(date) - MIN(date) AS recency,
  DATE '2024-12-30' - MIN(date) AS T,
  SUM(net) AS spend,
  SUM(net) - ARG_MIN(net, date) AS repeat_spend
FROM days GROUP BY customer, net > 0 ORDER BY customer"""

LIFETIMES = """
import json, resource, statistics, sys, warnings
import pyarrow.parquet as pq
warnings.simplefilter("ignore")
from lifetimes import utils
path, split, end, rounds, *names = sys.argv[1:]
def columns():
    events = pq.read_table(path).to_pandas(date_as_object=False)
    events["date"] = events["date"].astype("datetime64[ns]")
    return events, "customer", "date"
tasks = {
    "lifetimes": lambda: utils.summary_data_from_transaction_data(
        *columns(), observation_period_end=end, monetary_value_col="amount"),
    "lifetimes, hold-out": lambda: utils.calibration_and_holdout_data(
        *columns(), split, end, monetary_value_col="amount"),
}
def cpu():
    spent = resource.getrusage(resource.RUSAGE_SELF)
    return spent.ru_utime + spent.ru_stime
found = {}
for name in names:
    seconds = []
    for _ in range(int(rounds)):
        before = cpu()
        tasks[name]()
        seconds.append(cpu() - before)
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20
    found[name] = {"cpu": statistics.median(seconds), "gb": memory}
print(json.dumps(found))
"""


def draw(rows: int, folder: Path, ids: str, lines: int) -> Path:
    """Write events of customers with ten orders each over two years; the same on every run."""
    path = folder / f"events_{rows}_{ids}_{lines}.parquet"
    if not path.exists():
        folder.mkdir(parents=True, exist_ok=True)
        connection = duckdb.connect(config={"threads": 1})
        connection.execute("SELECT SETSEED(0.1)")
        part = path.with_suffix(".part")
        mark = "'C' || " if ids == "text" else ""
        orders = ORDERS.format(customers=rows // (10 * lines), mark=mark)
        drawn = f"{orders}, {AMOUNT} FROM RANGE({rows})"
        if lines > 1:
            connection.execute(f"CREATE TEMP TABLE orders AS {orders} FROM RANGE({rows // lines})")
            drawn = f"SELECT customer, date, {AMOUNT} FROM orders, RANGE({lines})"
        connection.execute(f"COPY ({drawn}) TO '{part}' (FORMAT parquet)")
        part.rename(path)
    return path


def queries(path: str, engine: DuckDB, *, distinct: bool) -> EventQueries:
    return EventQueries(
        project(locate(path, engine), "customer", "date", "amount"),
        last_day=LAST_DAY,
        split_day=LAST_DAY,
        distinct=distinct,
        zeros_buy=False,
        net_refunds=True,
    )


def own_engine(path: str) -> DuckDB:
    """Open the engine that a summary of this file would open."""
    engine = locate(path).engine
    assert isinstance(engine, DuckDB)
    return engine


def statement(path: str, *, distinct: bool) -> None:
    engine = own_engine(path)
    engine.query(queries(path, engine, distinct=distinct).customers)


def by_hand(path: str, text: str = BY_HAND, lines: str = "'{path}'", amount: str = EXACT) -> None:
    own_engine(path).query(text.format(path=path, lines=lines.format(path=path), amount=amount))


def export(path: str, limit: str | None = None) -> None:
    """Reduce within a limit of memory, and write what comes out instead of collecting it."""
    target = Path(path).with_suffix(".customers.parquet")
    engine = DuckDB(memory_limit=limit, temp_directory=Path(path).with_suffix(".spill"))
    engine.query(f"COPY ({queries(path, engine, distinct=False).customers}) TO '{target}'")
    target.unlink()


def pandas_summary(path: str, *, distinct: bool) -> None:
    """Reduce events by the same definitions in pandas."""
    lines: pd.DataFrame = pq.read_table(path).to_pandas(date_as_object=False)
    if distinct:
        lines = lines.drop_duplicates()
    net = lines.groupby(["customer", "date"], as_index=False)["amount"].sum()
    net = net[net["amount"] > 0]
    repeats = net[net.duplicated("customer")].groupby("customer")["amount"].mean()
    dates = net.groupby("customer")["date"].agg(["count", "min", "max"])
    dates.assign(monetary_value=repeats)


FIRST = "first summary, imports"
ALL_THREADS = "summary, all threads"
SMALL: dict[str, Callable[[str], Any]] = {
    "plain": lambda path: by_hand(path, PLAIN),
    "hand": lambda path: by_hand(path, amount="amount"),
    "hand, same ledger": lambda path: by_hand(path, WITH_LEDGER, amount="amount"),
    "hand, exact, same ledger": lambda path: by_hand(path, WITH_LEDGER),
    "the same, distinct": lambda path: by_hand(path, WITH_LEDGER, DISTINCT),
    "statement": lambda path: statement(path, distinct=False),
    "statement, distinct": lambda path: statement(path, distinct=True),
    "summary, copies kept": lambda path: customer_summary(path, policy=KEEP),
    "summary": customer_summary,
    # A file of few rows is read on one thread, which costs less: growth is told on as many.
    ALL_THREADS: lambda path: customer_summary(path, engine=DuckDB()),
    "hold-out, copies kept": lambda path: customer_summary(
        path, as_of=SPLIT, holdout=END, policy=KEEP
    ),
    "hold-out": lambda path: customer_summary(path, as_of=SPLIT, holdout=END),
    "pandas": lambda path: pandas_summary(path, distinct=False),
    "pandas, distinct": lambda path: pandas_summary(path, distinct=True),
}
BIG: dict[str, Callable[[str], Any]] = {
    "export": export,
    "export, 2 GB": lambda path: export(path, "2GB"),
}
# What, beside what, the greatest ratio, and the rows it is meant for; no ratio where the work is
# not the same, which is only shown.
GATES: list[tuple[str, str, float | None, tuple[int, ...]]] = [
    ("statement", "hand", None, ()),
    ("statement", "hand, same ledger", 1.3, ()),
    ("statement", "hand, exact, same ledger", 1.1, ()),
    ("statement, distinct", "the same, distinct", 1.1, ()),
    ("statement", "plain", None, (MILLION,)),
    ("statement", "plain", 3.0, (10 * MILLION,)),
    ("statement, distinct", "plain", None, ()),
    ("summary, copies kept", "pandas", 1.0, ()),
    ("summary", "pandas, distinct", 1.0, ()),
    ("summary, copies kept", "lifetimes", 1 / 3, (MILLION,)),
    ("summary", "lifetimes", 1 / 3, (MILLION,)),
    ("summary, copies kept", "lifetimes", 1 / 7, (10 * MILLION,)),
    ("summary", "lifetimes", None, (10 * MILLION,)),
    ("hold-out, copies kept", "lifetimes, hold-out", 1 / 30, (MILLION,)),
    ("hold-out", "lifetimes, hold-out", None, (MILLION,)),
    ("export, 2 GB", "export", 1.8, ()),
]
# What, in which unit, and the most.
LIMITS = [(FIRST, "cpu", 1.0), ("export, 2 GB", "gb", 2.3)]


def cpu() -> float:
    spent = resource.getrusage(resource.RUSAGE_SELF)
    return spent.ru_utime + spent.ru_stime


def spend(names: list[str], path: str, rounds: int) -> Costs:
    """Take turns, and keep the median CPU seconds of each."""
    seconds: dict[str, list[float]] = {name: [] for name in names}
    for name in names * rounds:
        before = cpu()
        (SMALL | BIG)[name](path)
        seconds[name].append(cpu() - before)
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20
    return {
        name: {"cpu": statistics.median(taken), "gb": memory} for name, taken in seconds.items()
    }


def in_process(command: list[str]) -> Costs:
    done = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True)
    found: Costs = json.loads(done.stdout)
    return found


def first_summary(path: Path, rounds: int) -> Costs:
    """Time processes from their start to the summary; to clear Python away comes after it."""
    program = """
import sys, time
from segkit.value import customer_summary
customer_summary(sys.argv[1])
print(time.process_time())
"""
    # Bytecode is written when a package is installed, unless the environment forbids it: the
    # first process, which is not counted, writes what is missing.
    environment = {**os.environ, "PYTHONPYCACHEPREFIX": str(path.parent.resolve() / "bytecode")}
    environment.pop("PYTHONDONTWRITEBYTECODE", None)
    seconds = []
    for _ in range(rounds + 1):
        command = [sys.executable, "-c", program, str(path)]
        done = subprocess.run(command, check=True, env=environment, stdout=subprocess.PIPE)
        # The last word: DuckDB shows its progress before it where it takes long.
        seconds.append(float(done.stdout.split()[-1]))
    return {FIRST: {"cpu": statistics.median(seconds[1:]), "gb": 0.0}}


def compare(rows: int, found: Costs) -> None:
    for name, cost in found.items():
        print(f"{rows:>11,}  {name:<26}{cost['cpu']:>9.3f} CPU s{cost['gb']:>8.2f} GB")
    for name, beside, most, meant in GATES:
        if name in found and beside in found and (not meant or rows in meant):
            ratio = found[name]["cpu"] / found[beside]["cpu"]
            print(f"{rows:>11,}  {name} / {beside} = {ratio:.3f}{judged(ratio, most)}")
    for name, unit, most in LIMITS:
        if name in found:
            print(f"{rows:>11,}  {name}: {found[name][unit]:.2f}{judged(found[name][unit], most)}")


def judged(value: float, most: float | None) -> str:
    if most is None:
        return ""
    return f", at most {most:.3f}: {'held' if value <= most else 'MISSED'}"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--rows", type=float, nargs="+", default=[1e6, 1e7])
    parser.add_argument("--ids", choices=["numbers", "text"], default="numbers")
    parser.add_argument("--lines", type=int, default=1, help="rows of an order, all of one day")
    parser.add_argument("--big", action="store_true", help="only the export, also within 2 GB")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--lifetimes", metavar="PYTHON", help="an interpreter that has lifetimes")
    parser.add_argument("--folder", type=Path, default=Path("build/benchmarks"))
    parser.add_argument("--task", nargs="+", default=[], help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.task:
        path = draw(int(options.rows[0]), options.folder, options.ids, options.lines)
        print(json.dumps(spend(options.task, str(path), options.rounds)))
        return
    growth: list[tuple[int, Costs]] = []
    for rows in map(int, options.rows):
        path = draw(rows, options.folder, options.ids, options.lines)
        # Processes of their own, so that each one's memory is seen.
        own = [sys.executable, __file__, "--rows", str(rows), "--folder", str(options.folder)]
        own += ["--ids", options.ids, "--lines", str(options.lines)]
        own += ["--rounds", str(options.rounds), "--task"]
        found: Costs = {}
        for names in [[name] for name in BIG] if options.big else [list(SMALL)]:
            found |= in_process([*own, *names])
        if not options.big:
            growth.append((rows, found))
        if rows == MILLION and not options.big:
            found |= first_summary(path, options.rounds)
        if options.lifetimes:
            arguments = [str(path), SPLIT, END, str(min(options.rounds, 3)), "lifetimes"]
            # With more rows its hold-out would take minutes.
            arguments += ["lifetimes, hold-out"] if rows <= MILLION else []
            found |= in_process([options.lifetimes, "-c", LIFETIMES, *arguments])
        compare(rows, found)
    for (rows, few), (more, many) in itertools.pairwise(growth):
        for name, most in (("summary", None), (ALL_THREADS, 14.0)):
            ratio = many[name]["cpu"] / few[name]["cpu"]
            print(f"{more / rows:.0f} times the rows, {name}: {ratio:.1f}{judged(ratio, most)}")


if __name__ == "__main__":
    main()
