"""The draws that the tests look at: the shipped seed and two others."""

from functools import cache

import pytest

from segkit.samples import make_case

# Kept for the whole run: pytest draws a parametrised fixture anew whenever the order changes.
_drawn = cache(make_case)


@pytest.fixture(scope="session", params=[7, 8, 9])
def case(request):
    return _drawn(request.param)


@pytest.fixture(scope="session")
def shipped_case():
    return _drawn(7)


@pytest.fixture(scope="session")
def small_case():
    return _drawn(3, 0.1)
