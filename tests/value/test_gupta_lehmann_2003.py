"""Margin multiples r / (1 + d - r) of Gupta & Lehmann (2003), "Customers as assets", Journal of
Interactive Marketing 17(1): years of margin paid at the end of each year to those who stay.
"""

import numpy as np
import pytest

from segkit.value import ConstantChurn

MULTIPLES = {
    0.10: [1.20, 1.75, 2.67, 4.50],
    0.12: [1.15, 1.67, 2.50, 4.09],
    0.14: [1.11, 1.59, 2.35, 3.75],
    0.16: [1.07, 1.52, 2.22, 3.46],
}


@pytest.mark.parametrize("discount_rate", MULTIPLES)
def test_multiples(discount_rate):
    for retention, multiple in zip([0.6, 0.7, 0.8, 0.9], MULTIPLES[discount_rate], strict=True):
        model = ConstantChurn.from_params(rate=-np.log(retention))
        found = model.discounted_lifetime(discount_rate=discount_rate, timing="yearly in arrears")
        assert found == pytest.approx(multiple, abs=0.005)
