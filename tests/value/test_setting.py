"""The setting of a planted base is recognised, and the reason named."""

import numpy as np
import pandas as pd
import pytest

from segkit import value
from segkit.errors import DataError
from segkit.value import BetaGeo, BetaGeoBetaBinomial, choose_setting


def yearly(share_at_renewal):
    rng = np.random.default_rng(0)
    stays = rng.geometric(0.3, 500).astype(float)
    stays -= np.where(rng.random(500) < share_at_renewal, 0.0, 0.4)
    return pd.DataFrame({"duration": np.minimum(stays, 6.0), "ended": stays < 6})


def days(unit):
    return BetaGeo.from_params(r=0.5, alpha=60.0, a=0.8, b=2.5).simulate([300.0] * 500) / [1, *unit]


OCCASIONS = BetaGeoBetaBinomial.from_params(alpha=1.2, beta=0.75, gamma=0.66, delta=2.8)
RENEWALS = ("ShiftedBetaGeometric", "BetaDiscreteWeibull")
CONTINUOUS = ("BetaGeo", "ParetoNBD", "ModifiedBetaGeo", "NBD")
CASES = {
    "survivors": ([1000, 869, 743], True, True, RENEWALS, "counted once a period"),
    "cohorts": ([[90, 80, 70], [60, 50, np.nan]], True, True, RENEWALS, "counted once a period"),
    "a column": (
        pd.DataFrame({"survivors": [1000, 869, 743]}),
        True,
        True,
        RENEWALS,
        "counted once a period",
    ),
    "renewals": (yearly(1.0), True, True, RENEWALS, "100% of the ended contracts ended after"),
    "some early": (yearly(0.9), True, True, RENEWALS, "of the ended contracts ended after whole"),
    "any day": (
        yearly(0.0),
        True,
        False,
        ("ConstantChurn", "ExponentialGamma"),
        "and only 0% of the ended contracts ended after whole periods",
    ),
    "whole days": (
        yearly(0.0).assign(duration=lambda log: (365 * log["duration"]).round()),
        True,
        False,
        ("ConstantChurn", "ExponentialGamma"),
        "whole numbers look like days",
    ),
    "donations": (
        OCCASIONS.simulate([6.0] * 500),
        False,
        True,
        ("BetaGeoBetaBinomial",),
        "of these occasions were used",
    ),
    "shop in weeks": (days((7, 7)), False, False, CONTINUOUS, "purchases fall anywhere"),
    "shop in days": (
        days((1, 1)).round().assign(T=300.0),
        False,
        False,
        CONTINUOUS,
        "of the time steps were used",
    ),
}


@pytest.mark.parametrize("case", CASES)
def test_planted_settings(case):
    data, contractual, discrete, models, reason = CASES[case]
    setting = choose_setting(data)
    assert (setting.contractual, setting.discrete) == (contractual, discrete)
    assert setting.models == models
    assert reason in setting.reason
    assert ("non-contractual" in str(setting)) is not contractual
    assert ("discrete" in str(setting)) is discrete


@pytest.mark.parametrize("case", CASES)
def test_the_first_choice_fits_the_data_it_was_chosen_for(case):
    data, *_ = CASES[case]
    model = getattr(value, choose_setting(data).models[0])().fit(data)
    assert model.gradient_ < 1e-5


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (pd.DataFrame({"x": [1]}), r"the frame has \['x'\]"),
        (pd.DataFrame({"duration": [1.0], "ended": ["no"]}), "must hold True or False"),
        (pd.DataFrame({"duration": ["1 y"], "ended": [True]}), "Durations must be numbers"),
        (pd.DataFrame({"duration": [1.0], "ended": [False]}), "No contract has ended"),
        (["many", "few"], "survivors must be numbers"),
        ([10, 11], "increase"),
        (None, "survivors"),
    ],
)
def test_data_of_no_setting_are_refused(data, message):
    with pytest.raises(DataError, match=message):
        choose_setting(data)


def test_whole_months_are_renewals():
    log = yearly(0.0)
    assert choose_setting(log.assign(duration=(12 * log["duration"]).round())).discrete
