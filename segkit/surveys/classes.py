"""Segments by what people choose: latent classes, and how many of them."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from segkit.errors import ParameterError
from segkit.frames import JsonResult
from segkit.surveys.logit import Tasks
from segkit.surveys.mixture import Mixture, fit_mixture

__all__ = ["ChoiceClasses", "class_labels", "find_classes"]


@dataclass(frozen=True, eq=False)
class ChoiceClasses(JsonResult):
    """Latent classes of respondents with utilities of their own, numbered from the largest.

    Attributes
    ----------
    k : int
    shares : DataFrame
        `class, share`: the mean membership, and `respondents` whose likeliest class it is.
    coefficients : DataFrame
        `class`, then what the model's own table holds. Errors treat memberships as known, and so
        are too small where `entropy` is low.
    memberships : DataFrame
        `respondent`, the likeliest `class` and its `probability`.
    selection : DataFrame
        For each number of classes tried: `k, log_likelihood, parameters, bic, entropy,
        smallest_share` and `reached`, the starts that found the best likelihood: one alone may be
        a local peak.
    entropy : float
        1 where every membership is certain.
    part_worths : DataFrame
        Of a choice model: `class, share, attribute, level, estimate`, which
        `conjoint_importance` takes; a linear attribute has its least and its most value.
    """

    k: int
    shares: pd.DataFrame
    coefficients: pd.DataFrame
    memberships: pd.DataFrame
    selection: pd.DataFrame
    entropy: float
    part_worths: pd.DataFrame = field(default_factory=pd.DataFrame)


def find_classes(
    tasks: Tasks, k: int | str, *, k_max: int, starts: int, seed: int, owner: str
) -> tuple[Mixture, pd.DataFrame]:
    """Fit k classes, or each number up to `k_max`, and keep the one with the least BIC."""
    whole = isinstance(k, int | np.integer) and int(k) >= 1
    if not (k == "auto" or whole):
        raise ParameterError("k", owner, "'auto' or an int in the range [1, inf)", k)
    if k_max < 1 or starts < 1:
        raise ParameterError("k_max, starts", owner, "ints in the range [1, inf)", (k_max, starts))
    if whole and int(k) > tasks.persons:
        raise ParameterError("k", owner, f"at most the {tasks.persons} respondents", k)
    tried: list[Mixture] = []
    for number in range(1, min(k_max, tasks.persons) + 1) if k == "auto" else [int(k)]:
        tried.append(fit_mixture(tasks, number, starts=starts, seed=seed))
        # Once BIC rises, more classes only split what is there.
        if len(tried) > 1 and tried[-1].bic > tried[-2].bic:
            break
    best = min(tried, key=lambda fit: fit.bic)
    selection = pd.DataFrame(
        [
            {
                "k": len(fit.shares),
                "log_likelihood": fit.log_likelihood,
                "parameters": fit.parameters,
                "bic": fit.bic,
                "entropy": fit.entropy,
                "smallest_share": float(fit.shares.min()),
                "reached": fit.reached,
            }
            for fit in tried
        ]
    )
    return best, selection


def class_labels(fit: Mixture, persons: pd.Index) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Give the shares of the classes, and each respondent's likeliest."""
    likeliest = fit.memberships.argmax(axis=1)
    shares = pd.DataFrame(
        {
            "class": np.arange(len(fit.shares)),
            "share": fit.shares,
            "respondents": np.bincount(likeliest, minlength=len(fit.shares)),
        }
    )
    memberships = pd.DataFrame(
        {
            "respondent": persons,
            "class": likeliest,
            "probability": fit.memberships.max(axis=1),
        }
    )
    return shares, memberships
