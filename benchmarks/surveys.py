"""Choice models: CPU and wall seconds beside xlogit and choix.

    python benchmarks/surveys.py
    python benchmarks/surveys.py --peer build/choice/bin/python

Times are the least of some rounds, CPU time that of all threads; only ratios travel between
machines. Wall time is that of a machine that may have other work.
The peers live in an environment of their own:

    python -m venv build/choice
    build/choice/bin/pip install xlogit choix
"""

from __future__ import annotations

import argparse
import json
import resource
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from time import perf_counter
from typing import Any

import numpy as np
import pandas as pd

from segkit.surveys import ChoiceModel, MaxDiff, maxdiff_design

TASKS, OFFERS, PARAMETERS = 100_000, 4, 12
MOST = 3.0  # CPU seconds for the choice model
PEOPLE, ITEMS = 1_000, 20

PEER = """
import json, resource, sys
import numpy as np
kind, path = sys.argv[1:]
data = np.load(path)
def cpu():
    spent = resource.getrusage(resource.RUSAGE_SELF)
    return spent.ru_utime + spent.ru_stime
def timed(task):
    seconds = []
    while len(seconds) < 3 and sum(seconds) < 30:
        before = cpu()
        result = task()
        seconds.append(cpu() - before)
    return min(seconds), result
if kind == "xlogit":
    from xlogit import MultinomialLogit
    names = [f"x{i}" for i in range(data["rows"].shape[1])]
    def task():
        model = MultinomialLogit()
        model.fit(X=data["rows"], y=data["chosen"], varnames=names, ids=data["task"],
                  alts=data["place"], verbose=0)
        return model.coeff_
else:
    import choix
    tops = [(int(row[0]), [int(x) for x in row[1:]]) for row in data["tops"]]
    def task():
        return choix.opt_top1(int(data["items"]), tops)
seconds, found = timed(task)
print(json.dumps({"cpu": seconds, "coefficients": list(map(float, found))}))
"""


def cpu() -> float:
    spent = resource.getrusage(resource.RUSAGE_SELF)
    return spent.ru_utime + spent.ru_stime


def timed(task: Callable[[], Any], rounds: int = 3) -> tuple[float, float, Any]:
    spent, passed = [], []
    for _ in range(rounds):
        before, began = cpu(), perf_counter()
        result = task()
        spent.append(cpu() - before)
        passed.append(perf_counter() - began)
    return min(spent), min(passed), result


def draw_tasks(folder: Path) -> tuple[pd.DataFrame, Path]:
    rng = np.random.default_rng(0)
    rows = rng.normal(size=(TASKS * OFFERS, PARAMETERS))
    utility = rows @ np.linspace(-1, 1, PARAMETERS) + rng.gumbel(size=len(rows))
    utility = utility.reshape(TASKS, OFFERS)
    chosen = (utility == utility.max(axis=1, keepdims=True)).ravel()
    frame = pd.DataFrame(rows, columns=[f"x{i}" for i in range(PARAMETERS)])
    task = np.repeat(np.arange(TASKS), OFFERS)
    frame["respondent"] = (task // 10).astype(str)
    frame["task"], frame["chosen"] = task % 10, chosen
    path = folder / "tasks.npz"
    place = np.tile(np.arange(OFFERS), TASKS)
    np.savez(path, rows=rows, chosen=chosen.astype(int), task=task, place=place)
    return frame, path


def draw_sets(folder: Path) -> tuple[pd.DataFrame, Path]:
    """Answer sets best first and worst first: what choix reads as two choices of the first."""
    rng = np.random.default_rng(0)
    plan = maxdiff_design(ITEMS, 5, 12, versions=20).table
    items = plan["item"].to_numpy().reshape(20, 12, 5) - 1
    shown = items[np.arange(PEOPLE) % 20].reshape(-1, 5)
    utility = np.linspace(-1.5, 1.5, ITEMS)[shown]
    best = (utility + rng.gumbel(size=shown.shape)).argmax(axis=1)
    left = np.where(np.arange(5) == best[:, None], -np.inf, rng.gumbel(size=shown.shape) - utility)
    worst = left.argmax(axis=1)
    choice = (np.arange(5) == best[:, None]).astype(int) - (np.arange(5) == worst[:, None])
    frame = pd.DataFrame(
        {
            "respondent": np.repeat(np.arange(PEOPLE), 60),
            "set": np.tile(np.repeat(np.arange(12), 5), PEOPLE),
            "item": shown.ravel(),
            "choice": choice.ravel(),
        }
    )
    order = np.argsort(np.arange(5) != best[:, None], axis=1, kind="stable")
    path = folder / "sets.npz"
    np.savez(path, tops=np.take_along_axis(shown, order, axis=1), items=ITEMS)
    return frame, path


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--peer", metavar="PYTHON", help="an interpreter that has xlogit and choix")
    parser.add_argument("--folder", type=Path, default=Path("build/benchmarks"))
    options = parser.parse_args()
    options.folder.mkdir(parents=True, exist_ok=True)
    frame, tasks = draw_tasks(options.folder)
    spent, passed, model = timed(lambda: ChoiceModel().fit(frame))
    what = f"{TASKS:,} tasks x {OFFERS} offers x {PARAMETERS} parameters"
    held = "held" if spent <= MOST else "MISSED"
    print(f"{what}: {spent:.2f} CPU s, at most {MOST:g}: {held} ({passed:.2f} s on the wall)")
    answers, sets = draw_sets(options.folder)
    seconds, *_ = timed(lambda: MaxDiff().fit(answers))
    print(f"MaxDiff, {PEOPLE:,} people x 12 sets of 5 of {ITEMS}, all models: {seconds:.2f} CPU s")
    if options.peer:
        for kind, path in (("xlogit", tasks), ("choix", sets)):
            command = [options.peer, "-c", PEER, kind, str(path)]
            done = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True)
            found = json.loads(done.stdout.splitlines()[-1])
            print(f"{kind}: {found['cpu']:.2f} CPU s")
            if kind == "xlogit":
                gap = np.abs(model.coefficients_["estimate"] - found["coefficients"]).max()
                print(f"largest difference of coefficients: {gap:.1e}")


if __name__ == "__main__":
    sys.exit(main())
