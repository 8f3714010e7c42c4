"""Remissions under 6-MP, in weeks (Freireich et al. 1963), and their Kaplan-Meier curve as every
text on survival prints it; 9 relapses in 359 weeks.
"""

import pandas as pd
import pytest

from segkit.value import ConstantChurn, contract_value

RELAPSED = [6, 6, 6, 7, 10, 13, 16, 22, 23]
CENSORED = [6, 9, 10, 11, 17, 19, 20, 25, 32, 32, 34, 35]


@pytest.fixture(scope="module")
def remissions():
    ended = [True] * len(RELAPSED) + [False] * len(CENSORED)
    return pd.DataFrame({"duration": RELAPSED + CENSORED, "ended": ended, "margin": 1.0})


def test_kaplan_meier(remissions):
    curve = contract_value(remissions, unit="week").survival
    assert (curve["years"] * 365.25 / 7).tolist() == pytest.approx([6, 7, 10, 13, 16, 22, 23])
    published = [0.857, 0.807, 0.753, 0.690, 0.627, 0.538, 0.448]
    assert curve["kaplan_meier"].tolist() == pytest.approx(published, abs=5.1e-4)


def test_constant_rate(remissions):
    model = ConstantChurn().fit(remissions)
    assert model.params_["rate"] == pytest.approx(9 / 359)
    assert model.log_likelihood_ == pytest.approx(-42.17, abs=0.005)
