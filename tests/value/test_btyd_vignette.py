"""The vignette and the manual of BTYD, on the CDNOW sample and by the parameters printed there."""

import numpy as np
import pandas as pd
import pytest

from segkit.value import AS_RECORDED, BetaGeo, ParetoNBD, customer_summary, scorecard

PARETO = ParetoNBD.from_params(r=0.5533971, alpha=10.5801985, s=0.6060625, beta=11.6562237)


def test_the_more_purchases_before_a_silence_the_fewer_after_it():
    frame = pd.DataFrame({"frequency": [10, 15, 20, 25], "recency": 20.0, "T": 39.0})
    published = [0.7062289, 0.1442396, 0.02250658, 0.00309267]
    assert PARETO.expected_purchases(frame, 52).tolist() == pytest.approx(published, rel=5e-4)


def test_hold_out_by_frequency(cdnow_events):
    summary = customer_summary(
        cdnow_events, as_of="1997-09-30", unit="week", holdout="1998-06-30", policy=AS_RECORDED
    )
    table = scorecard(PARETO, summary).by_frequency
    assert table["customers"].tolist() == [1411, 439, 214, 100, 62, 38, 29, 64]
    actual = [0.237, 0.697, 1.393, 1.560, 2.532, 2.947, 3.862, 6.359]
    assert table["actual"].tolist() == pytest.approx(actual, abs=5e-4)
    expected = [0.138, 0.600, 1.196, 1.714, 2.399, 2.907, 3.819, 6.403]
    assert table["expected"].tolist() == pytest.approx(expected, abs=1.1e-3)


def test_expected_purchases_of_a_new_customer():
    model = ParetoNBD.from_params(r=0.55, alpha=10.56, s=0.61, beta=11.64)
    published = [0.0, 0.05077821, 0.09916088, 0.14542507, 0.18979930, 0.23247466]
    assert model.expected_new_customer(range(6)).tolist() == pytest.approx(published, abs=5e-9)


def test_chances_of_counts_under_the_bg_nbd():
    model = BetaGeo.from_params(r=0.243, alpha=4.414, a=0.793, b=2.426)
    assert model.pmf(10, 2) == pytest.approx(1.07869e-07, rel=1e-5)
    assert model.pmf(0, 39) == pytest.approx(0.5737864, abs=5e-8)
    published = [0.0019995214, 0.0015170236, 0.0011633150, 0.0009003148, 0.0007023638]
    assert model.pmf(np.arange(11, 16), 30).tolist() == pytest.approx(published, abs=5e-11)
