"""Choice models: planted coefficients, intervals that cover, segments, bad input."""

import numpy as np
import pandas as pd
import polars as pl
import pytest
from threadpoolctl import threadpool_limits

from segkit.errors import DataError, ParameterError
from segkit.samples import make_case
from segkit.surveys import ChoiceModel, conjoint_importance, rating_conjoint

WORTH = {"mail": -0.5, "phone": 0.1, "own": 0.4}


def simulate(people=60, tasks=10, seed=0, slope=-0.4, spread=0.0, none=-2.0):
    """Two offers or none; `spread` is the deviation of the price slope between people."""
    rng = np.random.default_rng(seed)
    frame = pd.DataFrame(
        {
            "respondent": np.repeat([f"r{i}" for i in range(people)], tasks * 3),
            "task": np.tile(np.repeat(range(tasks), 3), people),
            "alternative": np.tile([0, 1, 2], people * tasks),
            "price": rng.choice([4.0, 6.0, 8.0], people * tasks * 3),
            "support": rng.choice(list(WORTH), people * tasks * 3),
        }
    )
    own = np.repeat(slope + spread * rng.normal(size=people), tasks * 3)
    utility = own * frame["price"] + frame["support"].map(WORTH)
    utility = utility.where(frame["alternative"] > 0, none) + rng.gumbel(size=len(frame))
    best = utility.groupby([frame["respondent"], frame["task"]]).transform("max")
    frame["chosen"] = utility == best
    frame.loc[frame["alternative"] == 0, ["price", "support"]] = None
    return frame


def estimates(model):
    return model.coefficients_.set_index(["attribute", "level"])["estimate"]


def test_planted_coefficients_and_worths_are_covered():
    """Forty draws; 90 % intervals of coefficients, worths and shares by both methods."""
    truth = pd.Series(
        {("price", ""): -0.4, **{("support", k): v for k, v in WORTH.items()}, ("none", ""): -2.0}
    )
    offers = pd.DataFrame({"price": [6.0, 4.0], "support": ["own", "mail"]}, index=["rich", "bare"])
    power = np.exp([-2.0, -2.1, -2.0])  # none of these is worth -2 as well
    hits = {"coefficients": [], "delta": [], "krinsky-robb": [], "shares": []}
    for seed in range(40):
        model = ChoiceModel().fit(simulate(seed=seed))
        table = model.coefficients_.set_index(["attribute", "level"]).loc[truth.index]
        hits["coefficients"].append(((table["low"] < truth) & (truth < table["high"])).mean())
        for method in ("delta", "krinsky-robb"):
            worth = model.willingness_to_pay(
                method=method, reference={"support": "mail"}, draws=2000
            ).set_index("level")
            hits[method].append(worth["low"]["own"] < 0.9 / 0.4 < worth["high"]["own"])
        shares = model.shares(offers)
        assert shares["offer"].tolist() == ["rich", "bare", "none"]
        assert shares["share"].sum() == pytest.approx(1)
        expected = power / power.sum()
        hits["shares"].append(((shares["low"] < expected) & (expected < shares["high"])).mean())
    for told in hits.values():
        assert 0.78 <= np.mean(told) <= 0.99


def test_errors_clustered_by_respondent_see_that_people_differ():
    """The spread of 25 estimates is the clustered error; the other one is too small."""
    rows = [
        ChoiceModel()
        .fit(simulate(people=80, spread=0.8, seed=seed))
        .coefficients_.set_index("attribute")
        .loc["price"]
        for seed in range(25)
    ]
    table = pd.DataFrame(rows)
    spread = table["estimate"].std()
    assert table["clustered_se"].mean() == pytest.approx(spread, rel=0.3)
    assert table["se"].mean() < 0.75 * table["clustered_se"].mean()


@pytest.mark.parametrize("seed", [101, 2024])
def test_planted_part_worths_of_the_sample_company(seed):
    case = make_case(seed)
    planted = case.truth["conjoint"]["parameter"]
    frame = case.tables["conjoint_buyers"].drop(columns="role")
    slopes, hits = {}, []
    for segment, rows in frame.groupby("segment"):
        table = ChoiceModel().fit(rows).coefficients_.set_index(["attribute", "level"])
        slopes[segment] = table.loc[("price", ""), "estimate"]
        truth = {("price", ""): planted["price_slope"][segment], ("none", ""): planted["none"]}
        truth |= {
            (a, k): v for a, levels in planted["partworth"].items() for k, v in levels.items()
        }
        for key, value in truth.items():
            row = table.loc[key]
            hits.append((row["estimate"] - value) / row["clustered_se"])
    # 36 standard scores, some of them mirrored: 3.5 is passed once in sixty draws of the company.
    assert np.abs(hits).max() < 3.5
    assert 0.4 < np.square(hits).mean() < 2.0
    assert min(slopes, key=slopes.get) == planted["most_price_sensitive"]


def test_segments_that_mind_the_price_differently():
    calm, keen = simulate(people=80, slope=-0.1), simulate(people=40, slope=-1.2, seed=1)
    frame = pd.concat([calm, keen.assign(respondent="k" + keen["respondent"])])
    classes = ChoiceModel().fit(frame).latent_classes(k_max=3)
    assert classes.k == 2
    assert classes.shares["share"].tolist() == pytest.approx([2 / 3, 1 / 3], abs=0.06)
    found = classes.coefficients[classes.coefficients["attribute"] == "price"]["estimate"]
    assert found.tolist() == pytest.approx([-0.1, -1.2], abs=0.2)
    right = (classes.memberships["class"] == 1) == classes.memberships["respondent"].str.startswith(
        "k"
    )
    assert right.mean() > 0.95
    importance = conjoint_importance(classes).set_index("attribute")["importance"]
    assert importance.sum() == pytest.approx(100)


def test_individual_part_worths_and_importance():
    frame = simulate(people=60, tasks=15, spread=0.3)
    model = ChoiceModel().fit(frame)
    each = conjoint_importance(model.individuals())
    assert each["importance"].sum() == pytest.approx(100)
    assert (each["low"] < each["importance"]).all()
    whole = conjoint_importance(model)
    # 0.4 a dollar over 4 dollars against 0.9 over the levels.
    assert whole["importance"][0] == pytest.approx(100 * 1.6 / 2.5, abs=8)
    assert whole["low"][0] < 64 < whole["high"][0]


def test_part_worths_of_a_price_and_dummy_coding_tell_the_same():
    frame = simulate()
    steps = ChoiceModel({"price": "part-worth", "support": "part-worth"}).fit(frame)
    assert estimates(steps)["price"].sum() == pytest.approx(0)
    assert estimates(steps)["price"].is_monotonic_decreasing
    dummy = ChoiceModel(coding="dummy").fit(frame)
    effects = ChoiceModel().fit(frame)
    assert dummy.log_likelihood_ == pytest.approx(effects.log_likelihood_)
    one, other = estimates(dummy)["support"], estimates(effects)["support"]
    assert (one - one["own"]).to_dict() == pytest.approx((other - other["own"]).to_dict())
    worth = dummy.willingness_to_pay().set_index("level")
    assert worth["versus"].unique().tolist() == ["mail"]
    with pytest.raises(DataError, match="linear price"):
        steps.willingness_to_pay()


def test_units_of_the_price_change_nothing_else():
    frame = simulate()
    cents = ChoiceModel().fit(frame.assign(price=frame["price"] * 1e6))
    plain = ChoiceModel().fit(frame)
    assert cents.log_likelihood_ == pytest.approx(plain.log_likelihood_)
    worths = (model.willingness_to_pay()["wtp"].to_numpy() for model in (cents, plain))
    assert next(worths) / 1e6 == pytest.approx(next(worths))


def test_same_digits_on_one_and_two_threads_and_any_frame():
    frame = simulate(people=30)
    told = []
    for threads in (1, 2):
        with threadpool_limits(threads):
            told.append(ChoiceModel().fit(frame).coefficients_)
    pd.testing.assert_frame_equal(*told, rtol=0, atol=0)
    pd.testing.assert_frame_equal(ChoiceModel().fit(pl.from_pandas(frame)).coefficients_, told[0])
    words = frame.assign(chosen=frame["chosen"].map({True: "yes", False: "no"}))
    pd.testing.assert_frame_equal(ChoiceModel().fit(words).coefficients_, told[0])


def test_offers_and_choices_come_as_people_write_them():
    frame = simulate(people=30)
    model = ChoiceModel().fit(frame)
    written = {"rich": {"price": 6, "support": "own"}, "bare": {"price": 4, "support": "mail"}}
    named = model.shares(written)
    assert named["offer"].tolist() == ["rich", "bare", "none"]
    columns = {"price": [6, 4], "support": ["own", "mail"]}
    for offers in (list(written.values()), columns, pl.DataFrame(columns)):
        assert model.shares(offers)["share"].tolist() == named["share"].tolist()
    told = ChoiceModel().fit(frame.to_dict("list"))
    pd.testing.assert_frame_equal(told.coefficients_, model.coefficients_)
    # Prices beside empty cells often arrive as objects.
    mixed = frame.assign(price=frame["price"].astype(object).where(frame["price"].notna(), None))
    pd.testing.assert_frame_equal(ChoiceModel().fit(mixed).coefficients_, model.coefficients_)


def test_faulty_tasks_are_set_aside_and_said():
    frame = simulate(people=10)
    frame.loc[0:2, "chosen"] = False
    frame.loc[3:5, "chosen"] = True
    frame.loc[7, "support"] = None
    frame.loc[9:10, ["price", "support"]] = None
    model = ChoiceModel().fit(frame)
    ledger = model.ledger_.set_index("reason")["tasks"]
    assert ledger["nothing chosen"] == 1
    assert ledger["several offers chosen"] == 1
    assert ledger["an attribute is missing ('none of these' has none at all)"] == 1
    assert ledger["several offers without attributes"] == 1
    assert ledger["used"] == model.n_tasks_ == 96
    assert any("nothing chosen (rows 0, 1, 2)" in note for note in model.notes_)


def test_who_always_clicks_the_first_is_set_aside_unless_for_a_reason():
    frame = simulate(people=20, tasks=12)
    own = frame["respondent"] == "r3"
    frame.loc[own, "chosen"] = frame.loc[own, "alternative"] == 1
    never = frame["respondent"] == "r4"
    frame.loc[never, "chosen"] = frame.loc[never, "alternative"] == 0
    loyal = frame["respondent"] == "r5"
    frame.loc[loyal, "chosen"] = frame.loc[loyal, "alternative"] == 1
    frame.loc[loyal & (frame["alternative"] == 1), "support"] = "own"
    cheap = frame["respondent"] == "r6"
    frame.loc[cheap, "chosen"] = frame.loc[cheap, "alternative"] == 1
    frame.loc[cheap & (frame["alternative"] == 1), "price"] = 3.0
    model = ChoiceModel().fit(frame)
    assert model.n_respondents_ == 19
    assert model.ledger_["tasks"].tolist() == [228, 12]
    assert "r3" not in set(model.individuals()["respondent"])


def test_a_level_never_chosen_is_bounded_and_said():
    frame = simulate()
    has = frame.groupby(["respondent", "task"])["chosen"].transform(
        lambda chosen: (chosen & (frame.loc[chosen.index, "support"] == "mail")).any()
    )
    model = ChoiceModel().fit(frame[~has])
    assert any("weak prior" in note for note in model.notes_)
    assert estimates(model)["support"]["mail"] < -2


def test_columns_that_do_not_vary_are_no_attributes():
    frame = simulate().assign(role="HR", region="north")
    model = ChoiceModel().fit(frame)
    assert "do not vary within tasks: role, region" in model.notes_[0]
    offered = frame[frame["alternative"] > 0]
    offered = offered[offered.groupby(["respondent", "task"])["chosen"].transform("any")]
    with pytest.raises(DataError, match="'role' has 1 level;"):
        ChoiceModel(["price", "role"]).fit(offered)


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (lambda f: f.drop(columns="chosen"), "no column for the chosen"),
        (lambda f: f.assign(chosen=f["chosen"] * 3), "Found 3 in rows"),
        (lambda f: f.assign(chosen=0), "nothing chosen"),
        (lambda f: f.assign(cents=f["price"] * 100), "price, cents repeat each other"),
        (lambda f: f.assign(price=1.0, support="x"), "no attribute varies"),
        (lambda f: f.iloc[:0], "hold no rows"),
        (lambda f: f.iloc[:3], "than tasks (1)"),
        (lambda f: f.assign(price=f["price"].replace(4.0, np.inf)), "must hold numbers"),
    ],
)
def test_bad_input_is_refused_in_words(change, words):
    with pytest.raises(DataError) as fault:
        ChoiceModel().fit(change(simulate(people=5)))
    assert words in str(fault.value)


def test_other_refusals():
    frame = simulate(people=30)
    model = ChoiceModel().fit(frame)
    with pytest.raises(DataError, match="Did you mean 'price'"):
        ChoiceModel(["prize"]).fit(frame)
    with pytest.raises(ParameterError, match="'linear' or 'part-worth'"):
        ChoiceModel({"price": "steps"})
    with pytest.raises(ParameterError, match="coding"):
        ChoiceModel(coding="contrast")
    with pytest.raises(DataError, match="call fit first"):
        ChoiceModel().shares([{"price": 4.0}])
    with pytest.raises(DataError, match="Did you mean 'price'"):
        model.willingness_to_pay("prise")
    with pytest.raises(ParameterError, match="reference"):
        model.willingness_to_pay(reference={"support": "pigeon"})
    with pytest.raises(DataError, match="lies outside 4 to 8"):
        model.shares(pd.DataFrame({"price": [99.0], "support": ["own"]}))
    with pytest.raises(DataError, match=r"no level 'fone'\. Did you mean 'phone'"):
        model.shares(pd.DataFrame({"price": [5.0], "support": ["fone"]}))
    with pytest.raises(DataError, match="dearer offers are not chosen less"):
        ChoiceModel().fit(simulate(slope=0.5)).willingness_to_pay()
    two = simulate(people=30)
    two = two[two["alternative"] > 0]
    two = two[two.groupby(["respondent", "task"])["chosen"].transform("sum") == 1]
    with pytest.raises(ParameterError, match="could not decline"):
        ChoiceModel().fit(two).shares(two[["price", "support"]], none=True)


def test_a_price_without_clear_effect_leaves_worth_unbounded():
    worth = ChoiceModel().fit(simulate(people=4, slope=-0.02)).willingness_to_pay()
    assert np.isinf(worth["low"]).all()
    assert np.isinf(worth["high"]).all()


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ([0, 0], "not all of them 0"),
        ([-1, 2], "0 or more"),
        ({"a": [1]}, "two levels or more"),
        (pd.DataFrame({"attribut": ["a"], "estimate": [1]}), "'attribute'"),
        (["a"], "needs numbers"),
        ({}, "ranges of 0 or more"),
    ],
)
def test_importance_refuses_what_has_none(given, words):
    with pytest.raises(DataError, match=words):
        conjoint_importance(given)


def test_rating_conjoint_sets_aside_who_rates_all_alike():
    offers = pd.DataFrame({"brand": ["A", "A", "B", "B"], "price": [1.0, 2.0, 1.0, 2.0]})
    flat = offers.assign(respondent="flat", rating=5)
    found = rating_conjoint(pd.concat([offers.assign(respondent="x", rating=[4, 2, 3, 1]), flat]))
    assert found.respondents["respondent"].tolist() == ["x"]
    assert "flat" in found.notes[0]
    with pytest.raises(DataError, match="No respondent can be fitted"):
        rating_conjoint(flat)


def test_groups_are_fitted_and_compared():
    one, other = (
        simulate(people=60, seed=seed, slope=slope).assign(role=f"slope {slope}")
        for seed, slope in ((5, -0.2), (6, -0.6))
    )
    frame = pd.concat([one, other.assign(respondent="x" + other["respondent"])])
    model = ChoiceModel().fit(frame.drop(columns="alternative"), group="role")
    slopes = model.groups_.set_index(["group", "attribute"])["estimate"]
    for slope in (-0.2, -0.6):
        assert slopes[f"slope {slope}", "price"] == pytest.approx(slope, abs=0.08)
        own = frame[frame["role"] == f"slope {slope}"]
        alone = ChoiceModel().fit(own.drop(columns=["role", "alternative"])).coefficients_
        pair = model.groups_[model.groups_["group"] == f"slope {slope}"]
        assert pair["estimate"].to_numpy() == pytest.approx(alone["estimate"].to_numpy())
    test = model.group_test_
    assert test.p < 0.001
    items = test.items.set_index("item")
    assert items.loc["price", "p_adjusted"] < 0.001
    assert items["p_adjusted"].drop("price").min() > 0.01
    assert "role" not in set(model.coefficients_["attribute"])


def test_groups_that_choose_alike_are_rarely_told_apart():
    alarms = 0
    for seed in range(10):
        frame = simulate(people=60, seed=seed).assign(
            role=lambda rows: rows["respondent"].str[1:].astype(int) % 2
        )
        alarms += (
            ChoiceModel().fit(frame.drop(columns="alternative"), group="role").group_test_.p < 0.05
        )
    assert alarms <= 3  # more happen once in a hundred


def test_a_group_that_never_saw_a_level_is_named():
    frame = simulate(people=20).drop(columns="alternative")
    few = frame["respondent"].isin(["r0", "r1"])
    frame["role"] = np.where(few, "few", "many")
    frame = frame[~(few & (frame["support"] == "own"))]
    model = ChoiceModel().fit(frame, group="role")
    assert model.group_test_ is None
    assert set(model.groups_["group"]) == {"many"}
    assert any("Group few" in note for note in model.notes_)
    with pytest.raises(DataError, match="several groups: r0"):
        ChoiceModel().fit(frame.assign(role=np.arange(len(frame)) % 2), group="role")


def test_one_offer_alone_competes_with_none():
    model = ChoiceModel().fit(simulate().drop(columns="alternative"))
    alone = model.shares({"price": 5, "support": "own"})
    named = model.shares({"a": {"price": 5, "support": "own"}})
    assert alone["share"].tolist() == named["share"].tolist()
    with pytest.raises(DataError, match="price 50 lies outside"):
        model.shares({"price": 50, "support": "own"})


@pytest.mark.parametrize(
    ("worths", "words"),
    [(["x", "y"], "finite number"), ([1.0, None], "not so in rows 1")],
)
def test_long_part_worths_must_be_numbers(worths, words):
    frame = pd.DataFrame({"attribute": "a", "level": [1, 2], "part_worth": worths})
    with pytest.raises(DataError, match=words):
        conjoint_importance(frame)
    assert conjoint_importance(frame.assign(part_worth=["1", "3"]))["range"].tolist() == [2.0]
