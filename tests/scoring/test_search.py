"""All conjunctions, against counting them one by one."""

from itertools import combinations, product

import numpy as np
import pandas as pd
import pytest

from segkit.scoring.attributes import attributes_of
from segkit.scoring.conditions import Rule
from segkit.scoring.search import Space, extremes, permuted, strongest


def deals(n=400, seed=0):
    rng = np.random.default_rng(seed)
    frame = pd.DataFrame(
        {
            "flag": pd.array(rng.random(n) < 0.4, dtype="boolean"),
            "size": rng.lognormal(size=n).round(1),
            "kind": rng.choice(["a", "b", "c"], n),
        }
    )
    frame.loc[rng.random(n) < 0.1, "size"] = None
    frame.loc[rng.random(n) < 0.1, "kind"] = None
    frame.loc[rng.random(n) < 0.1, "flag"] = None
    return frame, (rng.random(n) < 0.3).astype(float)


def one_by_one(frame, labels, space, sign=1):
    """Score each conjunction of at most `depth` conditions by its definition."""
    found = {}
    for subset in space.subsets():
        for tests in product(*(space.attributes[number].tests for number in subset)):
            conditions = tuple(test for some in tests for test in some)
            if len(conditions) > space.depth:
                continue
            rule = Rule(tuple((test,) for test in conditions))
            holds, known = rule.holds(frame), rule.known(frame)
            n, n_all, rate = holds.sum(), known.sum(), labels[known].mean()
            if space.least <= n < n_all:
                spread = n * rate * (1 - rate) * (n_all - n) / (n_all - 1)
                found[conditions] = sign * (labels[holds].sum() - n * rate) / np.sqrt(spread)
    return found


def space_of(frame, bins=4, depth=3, least=15):
    return Space(attributes_of(frame, bins, least)[0], depth, least)


def test_largest_score_is_that_of_counting_one_by_one():
    frame, labels = deals()
    space = space_of(frame)
    expected = one_by_one(frame, labels, space)
    assert len(expected) > 100
    found = extremes(space, np.ones(len(frame), bool), labels[:, None].astype(np.float32))
    assert found[0] == pytest.approx(max(map(abs, expected.values())), rel=1e-5)


def test_bins_are_half_open_and_missing_values_fit_no_test():
    frame, _ = deals()
    attribute = next(one for one in space_of(frame).attributes if one.name == "size")
    for tests, covers in zip(attribute.tests, attribute.covers, strict=True):
        holds = Rule(tuple((test,) for test in tests)).holds(frame)
        assert (holds == (covers[attribute.codes] == 1)).all()
        assert not holds[frame["size"].isna()].any()


def test_every_attribute_counts_what_its_tests_say():
    frame, _ = deals()
    for attribute in space_of(frame).attributes:
        for tests, covers in zip(attribute.tests, attribute.covers, strict=True):
            holds = Rule(tuple((test,) for test in tests)).holds(frame)
            assert (holds == (covers[attribute.codes] == 1)).all()


def test_strongest_rule_beats_its_parents():
    """A planted conjunction is found as it is: neither a part of it nor more than it."""
    frame, _ = deals(3000, seed=1)
    good = frame["flag"].fillna(value=False).to_numpy(bool) & (frame["kind"] == "b").to_numpy(bool)
    rng = np.random.default_rng(2)
    labels = (rng.random(3000) < np.where(good, 0.7, 0.1)).astype(float)
    found = strongest(
        space_of(frame), np.ones(3000, bool), labels, sign=1, base=labels.mean(), alpha=0.01
    )
    assert {str(test) for test in found.conditions} == {"flag", "kind is b"}


@pytest.mark.parametrize("alpha", [0.5, 1e-6])
def test_parents_are_those_without_one_condition(alpha):
    """The winner is the best of the conjunctions that beat each parent, found one by one."""
    from scipy.special import ndtri

    frame, labels = deals(600, seed=3)
    space = space_of(frame, depth=2)
    needed = -ndtri(alpha / space.conditions)
    best, score = None, 0.0
    for conditions, z in one_by_one(frame, labels, space).items():
        rule = Rule(tuple((test,) for test in conditions))
        own, known = rule.holds(frame), rule.known(frame)
        beats = True
        for rest in combinations(conditions, len(conditions) - 1):
            if rest:
                parent = Rule(tuple((test,) for test in rest)).holds(frame) & known
                n, n_all, rate = own.sum(), parent.sum(), labels[parent].mean()
                spread = n * rate * (1 - rate) * (n_all - n) / (n_all - 1)
                gain = labels[own].sum() - n * rate
                beats &= bool(spread > 0 and gain / np.sqrt(spread) >= needed)
        if beats and z > score + 1e-9:
            best, score = conditions, z
    found = strongest(space, np.ones(600, bool), labels, sign=1, base=labels.mean(), alpha=alpha)
    assert found.z == pytest.approx(score)
    assert set(found.conditions) == set(best)


def test_permutation_keeps_groups_together():
    labels = np.repeat([1.0, 0.0], 50)
    groups = np.repeat(np.arange(20), 5)
    drawn = permuted(labels, groups, 30, seed=0)
    assert (drawn.sum(axis=0) == 50).all()
    assert (np.ptp(drawn.reshape(20, 5, 30), axis=1) == 0).all()
    alone = permuted(labels, np.arange(100), 30, seed=0)
    assert (np.ptp(alone.reshape(20, 5, 30), axis=1) > 0).mean() > 0.8
