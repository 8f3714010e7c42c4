"""The whole way on all of CDNOW: Fader, Hardie & Lee (2005), "RFM and CLV: Using iso-value curves
for customer base analysis", Journal of Marketing Research 42(4).

The models are fitted on the 1/10 sample over all 78 weeks; each of the 23,560 customers left
without the ten resellers is then valued for ever at a margin of 30 % and 15 % a year.
"""

from dataclasses import replace

import pytest

from segkit.value import (
    AS_RECORDED,
    GammaGamma,
    ParetoNBD,
    customer_summary,
    lifetime_value,
)

RESELLERS = replace(AS_RECORDED, extreme_spenders="set aside", extreme_spend=4000)


@pytest.fixture(scope="module")
def models(cdnow_events):
    sample = customer_summary(cdnow_events, as_of="1998-06-30", unit="week", policy=AS_RECORDED)
    return ParetoNBD().fit(sample), GammaGamma().fit(sample)


@pytest.fixture(scope="module")
def everybody(cdnow_master):
    return customer_summary(cdnow_master, unit="week", policy=RESELLERS)


@pytest.fixture(scope="module")
def worth(models, everybody):
    return lifetime_value(*models, everybody, None, 0.15, 0.3, unit="week")


@pytest.fixture(scope="module")
def groups(worth, everybody):
    names = {True: "no repeat purchase", False: "repeat buyers"}
    return worth.by_group((everybody["frequency"] == 0).map(names))


def test_purchases(models):
    published = {"r": 0.5630, "alpha": 12.5592, "s": 0.4081, "beta": 10.5138}
    assert models[0].params_ == pytest.approx(published, rel=2e-4)


def test_spend(models):
    published = {"p": 4.6835, "q": 4.1898, "gamma": 24.3906}
    assert models[1].params_ == pytest.approx(published, rel=2e-5)


def test_the_base_is_worth_about_a_million(worth):
    assert len(worth.value) == 23_560
    assert worth.value.sum() == pytest.approx(1.1e6, rel=0.01)
    assert worth.value.mean() == pytest.approx(47, abs=0.5)


def test_customers_without_repeat_purchase_are_worth_little_each_and_much_together(groups):
    """Their worth varies by week of the first purchase; the paper prints $4.40 for the class."""
    once = groups.loc["no repeat purchase"]
    assert once["customers"] == 12_054
    assert once["mean"] == pytest.approx(4.40, abs=0.02)
    assert once["value"] == pytest.approx(53_000, rel=0.01)


def test_the_interval_of_the_base_holds_the_published_figure(worth):
    total = worth.total()
    assert total["low"] < 1.1e6 < total["high"]
