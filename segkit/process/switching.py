"""Alternatives: what users hire for a job, what they leave, and where that leads."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from scipy.special import ndtri
from scipy.stats import binomtest, chi2

from segkit.adjustment import holm
from segkit.clusters import effective_trials
from segkit.errors import DataError, ParameterError, check_share
from segkit.frames import JsonResult, take_columns
from segkit.intervals import mean_interval, wilson_interval
from segkit.process.visits import Floats
from segkit.sizing.columns import ANY, number_columns

__all__ = ["SwitchingMatrix", "share_of_job", "switching_matrix"]

_DRAWS = 2000
_EVERY_JOB = "all jobs"


@dataclass(frozen=True, eq=False)
class SwitchingMatrix(JsonResult):
    """Who switches from what to what.

    Attributes
    ----------
    counts : DataFrame
        Switches from each alternative (rows) to each (columns); the diagonal holds those who were
        asked and stayed.
    table : DataFrame
        One row an alternative, by net flow: `left` and `joined` (switches), `net`, `net_share` (of
        all switches) with its interval `low, high`, `p_adjusted` (sign test, Holm), `verdict`
        ("gains", "loses", "no evidence"), and the `steady` share with `steady_low, steady_high`.
    flows : DataFrame
        One row a pair with switches: `source, target, count`, the `share` of all switches with its
        interval `low, high`.
    symmetry : dict of str to float
        Bowker's test that as many go as come back for each pair: `statistic, df, p`.
    steady_of : str
        What the steady shares are shares of.
    notes : tuple of str
        What to mind.
    """

    counts: pd.DataFrame
    table: pd.DataFrame
    flows: pd.DataFrame
    symmetry: dict[str, float]
    steady_of: str
    confidence: float
    notes: tuple[str, ...]


def switching_matrix(
    switches: Any,
    *,
    source: str = "from",
    target: str = "to",
    users: Mapping[str, float] | None = None,
    confidence: float = 0.9,
    random_state: int = 0,
) -> SwitchingMatrix:
    r"""Measure flows between alternatives; doing nothing and a spreadsheet are alternatives too.

    Symmetry: :math:`\sum_{i<j} (n_{ij} - n_{ji})^2 / (n_{ij} + n_{ji})`, chi-squared with one
    degree of freedom for each pair with switches (Bowker 1948). The steady state solves
    :math:`\sum_i \pi_i n_{ij} / e_i = \pi_j \sum_k n_{jk} / e_j`, with e the users at risk of
    leaving: `users`, or else all that were seen to leave or to stay. Its interval comes from 2,000
    matrices drawn around the counts.

    Parameters
    ----------
    switches : pandas, Polars or Arrow frame, or square frame or array of counts
        One row a switch; or counts from rows to columns.
    source, target : str
        Columns of what was used before and is used now.
    users : mapping of str to float, optional
        Users of each alternative, on average over the time of the switches; their numbers matter
        only relative to each other. With them the steady state is a share of users.
    confidence : float
        Confidence of the intervals, in (0, 1).
    random_state : int
        Seed of the draws.

    Raises
    ------
    DataError
        If columns are missing, or there is no switch.
    ParameterError
        If a parameter is out of bounds, or `users` lacks an alternative.

    Examples
    --------
    >>> log = pd.DataFrame({"from": ["sheet"] * 9 + ["ours"], "to": ["ours"] * 9 + ["sheet"]})
    >>> found = switching_matrix(log)
    >>> found.table[["alternative", "left", "joined", "net", "verdict"]]
      alternative  left  joined  net verdict
    0        ours     1       9    8   gains
    1       sheet     9       1   -8   loses
    >>> {name: round(float(value), 4) for name, value in found.symmetry.items()}
    {'statistic': 6.4, 'df': 1.0, 'p': 0.0114}
    """
    check_share("confidence", "switching_matrix", confidence)
    counts, notes = _counts(switches, source, target)
    n = counts.to_numpy(np.float64)
    moves = n - np.diag(np.diag(n))
    if not moves.any():
        raise DataError("There is no switch: every row has the same alternative before and now.")
    at_risk = _at_risk(n, counts.index, users)
    steady, low, high = _steady(moves, at_risk, confidence, random_state)
    if np.isnan(steady).any():
        notes.append("The switches do not link all alternatives: no steady state is told.")
    return SwitchingMatrix(
        counts=counts,
        table=_table(counts.index, moves, (steady, low, high), confidence),
        flows=_flows(counts.index, moves, confidence),
        symmetry=_symmetry(moves),
        steady_of="users" if users is not None or np.diag(n).any() else "switches",
        confidence=confidence,
        notes=tuple(notes),
    )


def share_of_job(
    usage: Any,
    *,
    alternative: str = "alternative",
    job: str | None = None,
    satisfaction: str | None = None,
    user: str | None = None,
    confidence: float = 0.9,
) -> pd.DataFrame:
    """Count what users use for each job, and how satisfied they are with it.

    Parameters
    ----------
    usage : pandas, Polars or Arrow frame
        One row a user (and job).
    alternative : str
        Column of what is used.
    job, satisfaction : str, optional
        Columns of the job, and of a rating.
    user : str, optional
        Column of who uses it. With it intervals of shares allow for users with several jobs.
    confidence : float
        Confidence of Wilson's intervals of shares and Student's of means, in (0, 1).

    Returns
    -------
    DataFrame
        One row a `job` ("all jobs" first) and `alternative`: `users, share, low, high`, and with
        ratings how many `rated`, the mean `satisfaction, satisfaction_low, satisfaction_high`.

    Raises
    ------
    DataError
        If columns are missing, a rating is no number, or no row names an alternative.

    Examples
    --------
    >>> usage = pd.DataFrame({"alternative": ["sheet", "sheet", "ours"], "rating": [2, 3, 4]})
    >>> table = share_of_job(usage, satisfaction="rating")
    >>> table[["alternative", "users", "share", "satisfaction"]].round(2)
      alternative  users  share  satisfaction
    0       sheet      2   0.67           2.5
    1        ours      1   0.33           4.0
    """
    given = {"alternative": alternative, "job": job, "satisfaction": satisfaction}
    given["user"] = user
    named = {part: column for part, column in given.items() if column is not None}
    taken = take_columns(usage, list(named.values()), "the alternatives")
    rows = pd.DataFrame({part: taken[column] for part, column in named.items()})
    if satisfaction:
        rows["satisfaction"] = number_columns(taken, {satisfaction: ANY}, "the alternatives")
    rows = rows[rows["alternative"].notna()]
    if rows.empty:
        raise DataError("No row names an alternative.")
    groups = {_EVERY_JOB: rows, **(dict(iter(rows.groupby("job"))) if job else {})}
    return pd.concat(
        [_shares(name, part, confidence) for name, part in groups.items()], ignore_index=True
    )


def _shares(job: Any, rows: pd.DataFrame, confidence: float) -> pd.DataFrame:
    users = rows["alternative"].value_counts()
    share, cluster = users.to_numpy() / len(rows), rows.get("user")
    trials = [effective_trials(rows["alternative"] == name, cluster) for name in users.index]
    low, high = wilson_interval(share * np.array(trials), trials, confidence)
    table = pd.DataFrame(
        {
            "job": job,
            "alternative": users.index,
            "users": users.to_numpy(),
            "low": low,
            "high": high,
        }
    )
    table.insert(3, "share", share)
    if "satisfaction" in rows:
        by_name = rows["satisfaction"].groupby(rows["alternative"])
        rated, mean = (by_name.agg(how).reindex(users.index) for how in ("count", "mean"))
        ends = mean_interval(mean, by_name.std().reindex(users.index), rated, confidence)
        table["rated"], table["satisfaction"] = rated.to_numpy(), mean.to_numpy()
        table["satisfaction_low"], table["satisfaction_high"] = ends
    return table


def _counts(switches: Any, source: str, target: str) -> tuple[pd.DataFrame, list[str]]:
    if not hasattr(switches, "columns"):
        switches = pd.DataFrame(np.asarray(switches))
    if source not in switches.columns and switches.shape[0] == switches.shape[1]:
        return _square(switches), []
    rows = take_columns(switches, [source, target], "the switches")
    known = rows.notna().all(axis=1)
    notes = [] if known.all() else [f"{(~known).sum():,} switches without both ends are set aside."]
    rows = rows[known].astype("str")
    names = list(dict.fromkeys([*rows[source], *rows[target]]))
    table = pd.crosstab(rows[source], rows[target])
    table = table.reindex(index=names, columns=names, fill_value=0)
    return table.rename_axis(index=None, columns=None), notes


def _square(counts: Any) -> pd.DataFrame:
    table = pd.DataFrame(counts)
    if set(table.index) == set(table.columns):
        table = table.loc[table.columns]
    elif isinstance(table.index, pd.RangeIndex):
        table.index = table.columns
    else:
        raise DataError("Rows and columns of counts must name the same alternatives.")
    values = table.apply(pd.to_numeric, errors="coerce").to_numpy(np.float64)
    if not (values >= 0).all():
        raise DataError("Counts of switches must be numbers of 0 or more.")
    return table


def _at_risk(n: Floats, names: pd.Index[Any], users: Mapping[str, float] | None) -> Floats:
    if users is None:
        return np.asarray(np.maximum(n.sum(axis=1), 1.0))
    given = pd.Series(users if isinstance(users, Mapping | pd.Series) else {}, dtype=object)
    known = pd.to_numeric(given, errors="coerce")
    if not known.index.is_unique or not (known.reindex(names) > 0).all():
        expected = f"a mapping of names to numbers above 0, for {', '.join(map(str, names))}"
        raise ParameterError("users", "switching_matrix", expected, users)
    return known.reindex(names).to_numpy(np.float64)


def _steady(
    moves: Floats, at_risk: Floats, confidence: float, random_state: int
) -> tuple[Floats, Floats, Floats]:
    """Solve for the shares at which as many join as leave."""
    rates = moves / at_risk[:, None]
    balance = rates - np.diag(rates.sum(axis=1))
    if np.linalg.matrix_rank(balance) < len(moves) - 1:
        unknown = np.full(len(moves), np.nan)
        return unknown, unknown, unknown
    rng = np.random.default_rng(random_state)
    drawn = rng.standard_gamma(moves, size=(_DRAWS, *moves.shape)) / at_risk[:, None]
    steady = _stationary(rates[None])[0]
    ends = np.quantile(_stationary(drawn), [(1 - confidence) / 2, (1 + confidence) / 2], axis=0)
    return steady, ends[0], ends[1]


def _stationary(rates: Floats) -> Floats:
    size = rates.shape[-1]
    # In units of the fastest rate, so that the last row may say that the shares sum to 1.
    rates = rates / rates.max(axis=(1, 2), keepdims=True)
    equations = np.swapaxes(rates - np.eye(size) * rates.sum(axis=2)[:, :, None], 1, 2).copy()
    equations[:, -1, :] = 1.0
    right = np.zeros((len(rates), size, 1))
    right[:, -1] = 1.0
    shares = np.linalg.solve(equations, right)[:, :, 0]
    return np.asarray(np.clip(shares, 0.0, 1.0) + 0.0, dtype=np.float64)  # no share of -0


def _table(
    names: pd.Index[Any], moves: Floats, steady: tuple[Floats, Floats, Floats], confidence: float
) -> pd.DataFrame:
    left, joined, total = moves.sum(axis=1), moves.sum(axis=0), moves.sum()
    net = (joined - left) / total
    low, high = _net_interval(joined, left, total, confidence)
    pairs = zip(joined.astype(int), (joined + left).astype(int), strict=True)
    p_adjusted = holm([binomtest(int(x), int(n)).pvalue if n else 1.0 for x, n in pairs])
    verdict = np.where(net > 0, "gains", "loses")
    table = pd.DataFrame(
        {
            "alternative": list(names),
            "left": left.astype(int),
            "joined": joined.astype(int),
            "net": (joined - left).astype(int),
            "net_share": net,
            "low": low,
            "high": high,
            "p_adjusted": p_adjusted,
            "verdict": np.where(p_adjusted < 0.05, verdict, "no evidence"),
            "steady": steady[0],
            "steady_low": steady[1],
            "steady_high": steady[2],
        }
    )
    return table.sort_values("net", ascending=False, kind="stable", ignore_index=True)


def _net_interval(
    joined: Floats, left: Floats, total: float, confidence: float
) -> tuple[Floats, Floats]:
    """Bound net shares by Wald, and those without variance by Bonett & Price (2012).

    Where all moves go one way, or none, Wald's interval has no width: one more each way is added.
    """
    edge = (joined + left) / total - ((joined - left) / total) ** 2 <= 0
    n, more = total + 2.0 * edge, joined + left + 2.0 * edge
    centre = (joined - left) / n
    spread = np.sqrt(np.maximum(more / n - centre**2, 0.0) / n)
    reach = float(ndtri((1 + confidence) / 2)) * spread
    low, high = centre - reach, centre + reach
    return np.where(edge, low.clip(-1.0), low), np.where(edge, high.clip(max=1.0), high)


def _flows(names: pd.Index[Any], moves: Floats, confidence: float) -> pd.DataFrame:
    row, column = np.nonzero(moves)
    count, total = moves[row, column], moves.sum()
    low, high = wilson_interval(count, np.full(len(count), total), confidence)
    table = pd.DataFrame(
        {
            "source": names[row],
            "target": names[column],
            "count": count.astype(int),
            "share": count / total,
            "low": low,
            "high": high,
        }
    )
    return table.sort_values("count", ascending=False, kind="stable", ignore_index=True)


def _symmetry(moves: Floats) -> dict[str, float]:
    above = np.triu_indices(len(moves), 1)
    there, back = moves[above], moves.T[above]
    some = there + back > 0
    statistic = float(((there - back)[some] ** 2 / (there + back)[some]).sum())
    df = int(some.sum())
    return {"statistic": statistic, "df": df, "p": float(chi2.sf(statistic, df))}
