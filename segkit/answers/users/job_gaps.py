"""The gap in satisfaction to what else users use for a job."""

from __future__ import annotations

from functools import partial

import pandas as pd
from scipy.special import stdtrit

from segkit.answers.wording import between
from segkit.charts import Picture, intervals
from segkit.intervals import mean_interval
from segkit.tables import CompanyTables

__all__ = ["job_gaps", "satisfaction_by_job"]

_LEVEL = 0.9
_FEWEST = 5


def job_gaps(company: CompanyTables) -> pd.DataFrame:
    """Compare satisfaction with us and with the best alternative, job by job.

    Returns
    -------
    DataFrame
        `job`, the `best` alternative, the `gap` (ours - best) with Welch's interval `low, high`;
        empty where the company's own name is not among what users use.
    """
    used = company.tables.get("alternatives")
    own = company.settings.company.casefold()
    if used is None or "satisfaction" not in used or not own:
        return pd.DataFrame()
    rated = used.dropna(subset="satisfaction")
    ours = rated["alternative"].str.casefold() == own
    rows = []
    for job, part in rated.groupby("job", sort=True):
        mine = part.loc[ours.loc[part.index], "satisfaction"].astype(float)
        others = part.loc[~ours.loc[part.index]].groupby("alternative")["satisfaction"]
        means = others.mean()[others.count() >= _FEWEST]
        if len(mine) < _FEWEST or means.empty:
            continue
        best = str(means.idxmax())
        theirs = others.get_group(best).astype(float)
        gap, reach = _welch(mine, theirs)
        ends = {"low": gap - reach, "high": gap + reach}
        rows.append({"job": job, "best": best, "gap": gap} | ends)
    return pd.DataFrame(rows)


def _welch(one: pd.Series[float], other: pd.Series[float]) -> tuple[float, float]:
    """Give the difference of two means, and half of its interval (Welch 1947)."""
    gap = float(one.mean() - other.mean())
    parts = [float(part.var()) / len(part) for part in (one, other)]
    if sum(parts) == 0:
        return gap, 0.0
    freedom = sum(parts) ** 2 / (parts[0] ** 2 / (len(one) - 1) + parts[1] ** 2 / (len(other) - 1))
    return gap, float(stdtrit(freedom, (1 + _LEVEL) / 2)) * sum(parts) ** 0.5


def satisfaction_by_job(company: CompanyTables, gaps: pd.DataFrame) -> Picture:
    """Draw satisfaction with each alternative, job by job."""
    used = company["alternatives"].dropna(subset="satisfaction")
    found = used.groupby(["job", "alternative"])["satisfaction"].agg(["mean", "std", "count"])
    low, high = mean_interval(found["mean"], found["std"], found["count"])
    table = found.reset_index()[["job", "alternative", "count", "mean"]].assign(low=low, high=high)
    table = table[table["count"] >= _FEWEST].sort_values(["job", "mean"], ascending=[True, False])
    worst = gaps.nsmallest(1, "gap").to_dict("records")[0]
    interval = between(worst["low"], worst["high"], "{:+.1f}".format)
    return Picture(
        title="How satisfied users are with what they use for a job",
        finding=(
            f"Least favourable is “{worst['job']}”: satisfaction with us less that with "
            f"{worst['best']} is {interval} points."
        ),
        table=table.reset_index(drop=True).round(3),
        draw=partial(
            intervals,
            name="job",
            estimate="mean",
            axis="satisfaction, 1 to 5 (line: 90 % interval)",
            group="alternative",
        ),
        about="jobs",
    )
