"""The users of the product and their three usage types."""

from __future__ import annotations

import numpy as np
import pandas as pd

from segkit.samples.streams import Floats, Ints, codes, deal_out, scaled, stream

__all__ = ["TYPES", "draw_users"]

TYPES = {"payroll clerk": 0.45, "HR generalist": 0.33, "department manager": 0.22}
"""Share of each usage type."""

_MEDIANS = {
    # active days, minutes a session, days since last use, payroll, record, approval and report
    # actions a month, odds of using a phone
    "payroll clerk": (11.0, 34.0, 3.0, 60.0, 14.0, 1.5, 7.0, 0.06),
    "HR generalist": (17.0, 21.0, 1.5, 4.0, 48.0, 9.0, 16.0, 0.18),
    "department manager": (4.5, 6.0, 7.0, 0.4, 2.0, 16.0, 3.0, 1.40),
}
_MODULES = {
    "payroll clerk": (0.06, 0.84, 0.09, 0.01),
    "HR generalist": (0.01, 0.12, 0.77, 0.10),
    "department manager": (0.78, 0.18, 0.03, 0.01),
}
_SPREAD = 0.60
_KEENNESS = 0.30
_TITLES = {
    "payroll clerk": ("Payroll Clerk", "Payroll Specialist", "Payroll Technician",
                      "Finance Assistant"),
    "HR generalist": ("HR Generalist", "HR Coordinator", "HR Business Partner", "HR Specialist"),
    "department manager": ("Dean", "Principal", "Department Chair", "Program Director"),
    "any": ("Administrative Manager", "Office Manager", "Coordinator"),
}  # fmt: skip
_ANY_TITLE, _OTHER_TITLE = 0.15, 0.10


def draw_users(seed: int, scale: float, contracts: pd.DataFrame) -> pd.DataFrame:
    """Draw users of running customers; the latent column `type` is the usage type."""
    rng = stream(seed, "users")
    count = scaled(400, scale, least=30)
    own = contracts[contracts["running"] & contracts["segment"].notna()]
    customers = own.drop_duplicates("account_id").sort_values("account_id", ignore_index=True)
    row = np.resize(rng.permutation(len(customers)), count)
    frame = customers.loc[row, ["account_id", "segment"]].reset_index(drop=True)
    frame["user_id"] = codes("U", count)
    frame["type"] = deal_out(rng, count, TYPES)
    _add_use(frame, rng)
    frame["job_title"] = _titles(frame, rng)
    return frame


def _add_use(frame: pd.DataFrame, rng: np.random.RandomState) -> None:
    """Draw the use of a month: lognormal about the type's medians, keener users more of all."""
    median = np.array([_MEDIANS[kind] for kind in frame["type"]])
    noise = np.exp(_SPREAD * rng.normal(size=median.shape))
    keen = np.exp(_KEENNESS * rng.normal(size=len(frame)))
    use = median * noise
    frame["active_days"] = np.clip(median[:, 0] * noise[:, 0] ** 0.5 * keen**0.5, 0.2, 30).round(1)
    frame["modules_used"] = 1 + _levels(rng, np.array([_MODULES[kind] for kind in frame["type"]]))
    frame["days_since_last"] = np.clip(use[:, 2] / keen, 0, 90).round(1)
    frame["session_minutes"] = use[:, 1].round(1)
    for place, name in enumerate(("payroll", "record", "approval", "report"), start=3):
        frame[f"{name}_actions"] = rng.poisson(use[:, place] * keen).astype(float)
    frame["mobile_share"] = (use[:, 7] / (1 + use[:, 7])).round(3)


def _levels(rng: np.random.RandomState, chances: Floats) -> Ints:
    """Draw the number of a level for each row of chances."""
    u = rng.random_sample(len(chances))
    return np.asarray((u[:, None] >= np.cumsum(chances, axis=1)[:, :-1]).sum(axis=1))


def _titles(frame: pd.DataFrame, rng: np.random.RandomState) -> list[str]:
    """Give job titles that tell the type in about three of four cases."""
    u, which, stray = (rng.random_sample(len(frame)) for _ in range(3))
    kinds = list(TYPES)
    titles = []
    for kind, chance, place, other in zip(frame["type"], u, which, stray, strict=True):
        pool = kind
        if chance < _ANY_TITLE:
            pool = "any"
        elif chance < _ANY_TITLE + _OTHER_TITLE:
            pool = kinds[int(other * len(kinds))]
        titles.append(_TITLES[pool][int(place * len(_TITLES[pool]))])
    return titles
