"""The project's own files stay true."""

import importlib
import inspect
import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest
import yaml

ROOT = Path(__file__).parents[1]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]


def _locked(name):
    lines = (ROOT / name).read_text(encoding="utf-8").splitlines()
    pins = (re.match(r"([a-z0-9.\-]+)(?:\[.*\])?==(\S+)( ; [^\\]*)?", line) for line in lines)
    return {(pin[1], pin[2], (pin[3] or "").strip(" ;")) for pin in pins if pin}


def test_lock_names_no_address():
    for name in ("requirements.lock", "constraints.txt"):
        assert "://" not in (ROOT / name).read_text(encoding="utf-8")


def test_both_locks_pin_the_same_versions():
    assert len(_locked("constraints.txt")) > 100
    assert _locked("requirements.lock") == _locked("constraints.txt")


def test_every_dependency_is_locked():
    wanted = list(PROJECT["dependencies"])
    for extra in ("excel", "sql", "report", "lab", "dev"):
        wanted += PROJECT["optional-dependencies"][extra]
    names = {re.match(r"[A-Za-z0-9\-]+", line)[0] for line in wanted} - {"segkit"}
    assert names <= {name for name, *_ in _locked("requirements.lock")}


def test_environment_agrees_with_the_project():
    parts = yaml.safe_load((ROOT / "environment.yml").read_text(encoding="utf-8"))["dependencies"]
    conda = {part.split()[0]: part for part in parts if isinstance(part, str)}
    pip = next(part["pip"] for part in parts if isinstance(part, dict))
    assert set(conda) == {"python", "pip"}
    low, high = re.search(r">=3\.(\d+),<3\.(\d+)", conda["python"]).groups()
    assert PROJECT["requires-python"] == f">=3.{low}"
    tested = [
        int(line.rsplit(".", 1)[1])
        for line in PROJECT["classifiers"]
        if re.search(r":: 3\.\d+$", line)
    ]
    assert (min(tested), max(tested)) == (int(low), int(high) - 1)
    assert "-c constraints.txt" in pip
    extras = re.search(r"-e \.\[(.*)\]", " ".join(pip))[1].split(",")
    assert set(extras) <= set(PROJECT["optional-dependencies"])


def test_import_loads_nothing_heavy():
    code = (
        "import sys, segkit; "
        "print([m for m in ('pandas', 'numpy', 'sklearn', 'scipy', 'plotly', 'duckdb', 'IPython')"
        " if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_public_names_resolve():
    import segkit

    for name in segkit.__all__:
        assert getattr(segkit, name) is not None
    with pytest.raises(AttributeError, match="reed"):
        segkit.reed  # noqa: B018 - reading the name is the test


def test_rooms_import_only_from_rooms_above():
    order = [
        "errors",
        "adjustment",
        "intervals",
        "clusters",
        "survival",
        "discrimination",
        "logistic",
        "frames",
        "offline",
        "tables",
        "questions",
        "engine",
        "samples",
        "sizing",
        "value",
        "segments",
        "scoring",
        "process",
        "consensus",
        "surveys",
        "charts",
        "answers",
        "base",
        "widgets",
        "notebooks",
        "report",
        "workshop",
        "cli",
    ]
    rank = {name: number for number, name in enumerate(order)}

    def rooms_used(path):
        text = path.read_text(encoding="utf-8")
        return re.findall(r"^\s*(?:from|import) segkit\.(\w+)", text, re.MULTILINE)

    rooms = {
        path: path.relative_to(ROOT / "segkit").parts[0].removesuffix(".py")
        for path in (ROOT / "segkit").rglob("*.py")
    }
    wrong = [
        f"{path.name} imports {used}"
        for path, room in rooms.items()
        if room != "__init__"
        for used in rooms_used(path)
        if rank[used] > rank[room]
    ]
    assert not wrong


def test_methods_name_no_table_of_the_company():
    from segkit.tables.schema import schema

    # Words that are also plain English or a method's own term are left out.
    names = set(schema()) - {"facts", "jobs", "users", "orders", "goals", "accounts", "contacts"}
    found = []
    for room in ("sizing", "value", "segments", "scoring", "process", "consensus", "surveys"):
        for path in (ROOT / "segkit" / room).rglob("*.py"):
            text = path.read_text(encoding="utf-8")
            found += [f"{path.name}: {name}" for name in names if f'["{name}"]' in text]
    assert not found


def test_every_public_function_has_an_example():
    rooms = [path.parent for path in (ROOT / "segkit").rglob("__init__.pyi")]
    rooms += [path.parent for path in (ROOT / "segkit").glob("*/__init__.py")]
    without = []
    for name in {".".join(room.relative_to(ROOT).parts) for room in rooms}:
        room = importlib.import_module(name)
        public = [(one, getattr(room, one)) for one in getattr(room, "__all__", ())]
        without += [
            f"{name}.{one}"
            for one, thing in public
            if inspect.isfunction(thing)
            and one != "main"
            and ">>>" not in (inspect.getdoc(thing) or "")
        ]
    assert not without
