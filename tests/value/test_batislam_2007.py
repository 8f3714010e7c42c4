"""MBG/NBD on CDNOW: figures of BTYDplus for the model of Batislam, Denizel & Filiztekin (2007)."""

import pytest

from segkit.value import ModifiedBetaGeo


def test_cdnow(cdnow):
    model = ModifiedBetaGeo().fit(cdnow)
    published = {"r": 0.525, "alpha": 6.183, "a": 0.891, "b": 1.614}
    assert model.params_ == pytest.approx(published, abs=6e-4)


def test_one_timers_may_have_left(cdnow):
    model = ModifiedBetaGeo().fit(cdnow)
    once = cdnow[cdnow["frequency"] == 0]
    assert model.probability_alive(once).between(0, 0.9).all()
