"""The CDNOW data, as the lifetimes wheel carries them."""

from __future__ import annotations

import hashlib
import subprocess
import sys
import zipfile
from pathlib import Path

import pandas as pd
import pytest

_WHEEL = "Lifetimes-0.11.3-py3-none-any.whl"
_SHA256 = "261e3dc89977c2b60767ca6728aaa29d429de0c814635070a749c36555895da8"
_BUILD = Path(__file__).parents[2] / "build" / "peers"


@pytest.fixture(scope="session")
def lifetimes_wheel() -> zipfile.ZipFile:
    """The wheel of lifetimes 0.11.3, read as an archive and never imported."""
    wheel = _BUILD / _WHEEL
    if not wheel.exists():
        command = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps"]
        command += ["--only-binary=:all:", "--dest", str(_BUILD), "lifetimes==0.11.3"]
        if subprocess.run(command, capture_output=True, check=False).returncode:
            pytest.skip("the package registry that has the CDNOW data cannot be reached")
    assert hashlib.sha256(wheel.read_bytes()).hexdigest() == _SHA256
    return zipfile.ZipFile(wheel)


def _events(wheel: zipfile.ZipFile, name: str, columns: list[str], skip: int) -> pd.DataFrame:
    with wheel.open(f"lifetimes/datasets/{name}") as file:
        events = pd.read_csv(file, sep=r"\s+", names=columns, skiprows=skip, dtype="str")
    return events.astype({"quantity": "int64", "amount": "float64"})


@pytest.fixture(scope="session")
def cdnow_events(lifetimes_wheel: zipfile.ZipFile) -> pd.DataFrame:
    """All 69,659 purchases: `customer, date` (text, 19970101), `quantity, amount`."""
    columns = ["customer", "date", "quantity", "amount"]
    return _events(lifetimes_wheel, "CDNOW_master.txt", columns, skip=1)


@pytest.fixture(scope="session")
def cdnow_sample_events(lifetimes_wheel: zipfile.ZipFile) -> pd.DataFrame:
    """The 1/10 sample's purchases: `master, customer, date` (text), `quantity, amount`."""
    columns = ["master", "customer", "date", "quantity", "amount"]
    return _events(lifetimes_wheel, "CDNOW_sample.txt", columns, skip=0)
