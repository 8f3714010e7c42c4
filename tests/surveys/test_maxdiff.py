"""MaxDiff: likelihoods written out, planted utilities, groups, segments, bad input."""

import json
from itertools import permutations

import numpy as np
import pandas as pd
import polars as pl
import pytest
from scipy.optimize import minimize
from sklearn.cluster import KMeans

from segkit.errors import DataError, ParameterError
from segkit.samples import make_case
from segkit.segments import adjusted_rand
from segkit.surveys import MaxDiff

ITEMS = list("ABCDEF")
UTILITY = np.array([1.2, 0.6, 0.2, -0.2, -0.6, -1.2])


def simulate(people=60, sets=8, shown=4, seed=0, utility=UTILITY, spread=0.0):
    """Draw best and worst by the paired maxdiff logit; items of a set in random order."""
    rng = np.random.default_rng(seed)
    rows = []
    for person in range(people):
        own = utility + spread * rng.normal(size=len(utility))
        for number in range(sets):
            items = rng.permutation(len(utility))[:shown]
            pairs = list(permutations(range(shown), 2))
            worth = [own[items[b]] - own[items[w]] + rng.gumbel() for b, w in pairs]
            best, worst = pairs[int(np.argmax(worth))]
            rows += [
                (f"p{person}", number, ITEMS[item], (place == best) - int(place == worst))
                for place, item in enumerate(items)
            ]
    return pd.DataFrame(rows, columns=["respondent", "set", "item", "choice"])


def log_likelihood(sets, utility, model):
    """The likelihood as the textbook writes it, set by set."""
    total = 0.0
    for items, best, worst in sets:
        u = utility[items]
        if model == "paired":
            pairs = np.exp(u[:, None] - u[None, :])
            total += u[best] - u[worst] - np.log(pairs.sum() - np.trace(pairs))
        else:
            rest = np.delete(u, best)
            total += u[best] - np.log(np.exp(u).sum())
            total += -u[worst] - np.log(np.exp(-rest).sum())
    return total


@pytest.mark.parametrize("model", ["paired", "sequential"])
def test_likelihood_is_the_written_one(model):
    frame = simulate(people=12)
    frame = frame[~((frame["set"] == 3) & (frame["choice"] == 0))]  # sets of two and of four
    sets = [
        (
            rows["item"].map(ITEMS.index).to_numpy(),
            int((rows["choice"] == 1).to_numpy().argmax()),
            int((rows["choice"] == -1).to_numpy().argmax()),
        )
        for _, rows in frame.groupby(["respondent", "set"])
    ]

    def loss(free):
        return -log_likelihood(sets, np.append(free, -free.sum()), model)

    found = minimize(loss, np.zeros(5), method="BFGS", options={"gtol": 1e-4}).x
    step = 1e-3 * np.eye(5)
    curvature = [
        [
            (loss(found + i + j) - loss(found + i - j) - loss(found - i + j) + loss(found - i - j))
            / 4e-6
            for i in step
        ]
        for j in step
    ]
    fitted = getattr(MaxDiff().fit(frame), f"{model}_").set_index("item").loc[ITEMS]
    expected = np.append(found, -found.sum())
    assert fitted["utility"].to_numpy() == pytest.approx(expected, abs=1e-4)
    errors = np.sqrt(np.diag(np.linalg.inv(curvature)))
    assert fitted["se"].to_numpy()[:5] == pytest.approx(errors, rel=1e-3)


def test_pairs_alone_are_bradley_terry():
    """With sets of two the best leaves the worst: the paired model doubles the difference."""
    frame = simulate(people=40, shown=2)
    model = MaxDiff().fit(frame)
    assert model.paired_["utility"].to_numpy() * 2 == pytest.approx(
        model.sequential_["utility"].to_numpy(), abs=1e-6
    )


def test_intervals_cover_where_people_differ():
    """Forty draws x six shares: errors that take sets as independent would cover too seldom."""
    # What is estimated is the average of many people, not the average utility.
    many = MaxDiff().fit(simulate(people=2000, sets=4, seed=99, spread=1.0))
    covered, naive = [], []
    for seed in range(40):
        frame = simulate(people=50, seed=seed, spread=1.0)
        model = MaxDiff().fit(frame)
        fitted = model.paired_
        gap = np.abs(fitted["utility"] - many.paired_["utility"])
        covered.append(gap < 1.645 * fitted["clustered_se"])
        naive.append(gap < 1.645 * fitted["se"])
    assert 0.83 < np.mean(covered) < 0.96
    assert np.mean(naive) < np.mean(covered) - 0.1


@pytest.mark.parametrize("seed", [101, 2024])
def test_planted_roles_and_segments_come_back(seed):
    case = make_case(seed)
    planted = case.truth["B2"]["parameter"]["utility"]
    model = MaxDiff().fit(case.tables["maxdiff_buyers"], group="role")
    for role, utility in planted.items():
        rows = model.groups_[model.groups_["group"] == role].set_index("item")["utility"]
        truth = pd.Series(utility)[rows.index]
        # Tastes that differ within a role pull the utilities of all a little towards 0.
        assert np.abs(rows - 0.97 * truth).max() < 0.3
        assert rows.corr(truth, method="spearman") > 0.95
    assert model.group_test_.p < 1e-20
    classes = model.latent_classes(k_max=3)
    assert classes.k == 2
    assert sorted(classes.shares["share"]) == pytest.approx([0.4, 0.6], abs=0.05)
    roles = model.respondents_["group"]
    assert adjusted_rand(roles, classes.memberships["class"]) > 0.85
    by_scores = KMeans(2, n_init=5, random_state=0).fit_predict(model.individuals_)
    assert adjusted_rand(roles, by_scores) > 0.85


def test_permuted_groups_differ_in_one_of_twenty():
    frame = simulate(people=50, spread=0.8)
    alarms = 0
    for seed in range(40):
        rng = np.random.default_rng(seed)
        people = frame["respondent"].unique()
        group = dict(zip(people, rng.permutation(np.arange(len(people)) % 2), strict=True))
        model = MaxDiff().fit(frame.assign(role=frame["respondent"].map(group)), group="role")
        alarms += model.group_test_.p < 0.05
    assert alarms <= 6  # more happen once in a hundred


def test_one_segment_is_not_split():
    classes = MaxDiff().fit(simulate(people=80)).latent_classes(k_max=3)
    assert classes.k == 1
    assert json.loads(classes.to_json())["k"] == 1


def test_individual_scores_find_what_a_person_likes():
    rng = np.random.default_rng(3)
    likes = rng.normal(size=(50, 6))
    likes -= likes.mean(axis=1, keepdims=True)
    parts = [
        simulate(people=1, sets=9, seed=i, utility=1.5 * row).assign(respondent=i)
        for i, row in enumerate(likes)
    ]
    model = MaxDiff().fit(pd.concat(parts))
    found = model.individuals_[ITEMS].to_numpy()
    assert np.corrcoef(found.ravel(), likes.ravel())[0, 1] > 0.85
    assert found.std() < (1.5 * likes).std()  # shrunken
    assert model.respondents_["better_than_chance"].mean() > 0.9


def test_kinds_of_frame_words_and_flags_agree():
    frame = simulate(people=10)
    expected = MaxDiff().fit(frame).paired_
    words = frame["choice"].map({1: "Best", -1: "worst", 0: None})
    flags = frame.drop(columns="choice").assign(
        best=frame["choice"] == 1, worst=frame["choice"] == -1
    )
    renamed = frame.set_axis(["who", "block", "thing", "pick"], axis=1)
    for other in (
        MaxDiff().fit(pl.from_pandas(frame)),
        MaxDiff().fit(frame.assign(choice=words)),
        MaxDiff().fit(flags),
        MaxDiff().fit(renamed, respondent="who", set="block", item="thing", choice="pick"),
        MaxDiff().fit(frame.rename(columns={"set": "task"})),
    ):
        pd.testing.assert_frame_equal(other.paired_, expected)


def test_the_order_of_the_rows_changes_nothing():
    frame = simulate(people=10)
    mixed = frame.sample(frac=1, random_state=0)
    one, other = MaxDiff().fit(frame), MaxDiff().fit(mixed)
    pd.testing.assert_frame_equal(one.paired_, other.paired_, atol=1e-9)


def test_faulty_sets_are_set_aside_and_said():
    frame = simulate(people=5)
    frame.loc[[0, 4, 8, 12, 16], "choice"] = [1, -1, 1, -1, 0]
    frame.loc[0:3, "choice"] = 0
    frame.loc[4:7, "choice"] = [1, 1, -1, 0]
    frame.loc[8:11, "choice"] = [1, -1, -1, 0]
    frame.loc[12:15, "item"] = ["A", "A", "B", "C"]
    frame.loc[16, "respondent"] = None
    model = MaxDiff().fit(frame)
    ledger = model.ledger_.set_index("reason")
    assert ledger.loc["no best item", "first_rows"] == "0, 1, 2, 3"
    assert ledger.loc["several best items", "rows"] == 4
    assert ledger.loc["several worst items", "rows"] == 4
    assert ledger.loc["an item stands in the set twice", "tasks"] == 1
    assert ledger.loc["no respondent or no task", "rows"] == 1
    assert ledger["rows"].sum() == len(frame)
    assert any("no best item (rows 0, 1, 2, 3)" in note for note in model.notes_)


def test_who_always_clicks_the_first_is_set_aside():
    frame = simulate(people=20)
    own = frame["respondent"] == "p3"
    place = frame[own].groupby("set").cumcount()
    frame.loc[own, "choice"] = (place == 0).astype(int) - (place == 3).astype(int)
    model = MaxDiff().fit(frame)
    assert "p3" not in set(model.respondents_["respondent"])
    assert model.ledger_["tasks"].tolist() == [19 * 8, 8]
    assert "same place" in model.notes_[0]


def test_rows_sorted_by_choice_are_no_clicks():
    frame = simulate(people=20).sort_values(["respondent", "set", "choice"], ascending=False)
    model = MaxDiff().fit(frame)
    assert len(model.respondents_) == 20
    assert any("sorted by choice" in note for note in model.notes_)


def test_items_never_shown_are_said():
    frame = simulate(people=5)
    model = MaxDiff().fit(frame, items=[*ITEMS, "Z"])
    assert "Never shown, and so without a utility: Z." in model.notes_
    categories = frame.assign(item=pd.Categorical(frame["item"], [*ITEMS, "Z"]))
    assert MaxDiff().fit(categories).notes_ == model.notes_
    counts = MaxDiff.from_counts([5, 0], [1, 0], [9, 0], items=["A", "Z"]).counts_
    assert np.isnan(counts["standardised"][1])


def test_an_item_that_is_always_worst_is_bounded_and_said():
    frame = simulate(people=40)
    with_f = frame.groupby(["respondent", "set"])["item"].transform(lambda items: "F" in set(items))
    frame.loc[with_f & (frame["choice"] == -1), "choice"] = 0
    best_is_f = with_f & (frame["item"] == "F") & (frame["choice"] == 1)
    frame.loc[with_f & (frame["item"] == "F"), "choice"] = -1
    assert best_is_f.any()  # those sets lose their best item and are set aside
    model = MaxDiff().fit(frame)
    assert any("weak prior" in note for note in model.notes_)
    assert np.isfinite(model.paired_["utility"]).all()
    assert model.paired_.set_index("item")["share"]["F"] < 0.02


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (lambda f: f.assign(choice=f["choice"].replace(1, 5)), "Found 5 in rows"),
        (lambda f: f.assign(choice="top"), "Found 'top' in rows 0, 1, 2, 3, 4, ..."),
        (lambda f: f.drop(columns="choice"), "two columns 'best' and 'worst'"),
        (lambda f: f.drop(columns="item"), "no column for the item"),
        (lambda f: f.iloc[:0], "hold no rows"),
        (lambda f: f.assign(choice=0), "no best item"),
        (lambda f: f.assign(item="A"), "stands in the set twice"),
        (lambda f: [1, 2], "must be a pandas, Polars or Arrow frame"),
        (
            lambda f: pd.DataFrame(
                [("a", 1, "x", 1), ("a", 1, "y", -1), ("a", 2, "v", 1), ("a", 2, "w", -1)],
                columns=f.columns,
            ),
            "2 blocks that no set compares: v, w | x, y",
        ),
    ],
)
def test_bad_input_is_refused_in_words(change, words):
    with pytest.raises(DataError) as fault:
        MaxDiff().fit(change(simulate(people=3)))
    assert words in str(fault.value)


def test_other_refusals():
    frame = simulate(people=3)
    with pytest.raises(DataError, match="'rol'"):
        MaxDiff().fit(frame.assign(role="a"), group="rol")
    with pytest.raises(DataError, match="several groups: p0"):
        MaxDiff().fit(frame.assign(role=frame["set"] % 2), group="role")
    with pytest.raises(DataError, match="both best and worst in rows 0"):
        MaxDiff().fit(frame.drop(columns="choice").assign(best=1, worst=1))
    with pytest.raises(ParameterError, match="confidence"):
        MaxDiff(confidence=90)
    with pytest.raises(ParameterError, match="'auto'"):
        MaxDiff().fit(frame).latent_classes("two")
    with pytest.raises(DataError, match="call fit first"):
        MaxDiff.from_counts([5, 1], [1, 5], 9).latent_classes()
    with pytest.raises(DataError, match="not so for a"):
        MaxDiff.from_counts({"a": 5}, {"a": 9}, {"a": 10})


@pytest.mark.parametrize("seed", [71, 72])
def test_who_chooses_blindly_is_told_from_others(seed):
    frame = pd.concat(
        [
            simulate(people=80, sets=9, seed=seed, utility=1.5 * UTILITY, spread=0.5),
            simulate(people=20, sets=9, seed=seed + 1, utility=0 * UTILITY).assign(
                respondent=lambda rows: "blind " + rows["respondent"]
            ),
        ]
    )
    model = MaxDiff().fit(frame)
    people = model.respondents_
    blind = people["respondent"].str.startswith("blind").to_numpy()
    assert people["better_than_chance"][~blind].mean() > 0.9
    assert people["better_than_chance"][blind].mean() < 0.5
    assert any("blind ones" in note for note in model.notes_)


def test_numbers_as_items_stand_in_their_order():
    frame = simulate(people=20).assign(item=lambda rows: rows["item"].map(ITEMS.index) * 5)
    assert MaxDiff().fit(frame).paired_["item"].tolist() == [0, 5, 10, 15, 20, 25]


@pytest.mark.parametrize(
    ("counts", "words"),
    [
        (({"a": 3, "b": 4}, {"a": 1}, 10), "worst has no count for b"),
        ((["x"], [1], 10), "best must hold counts"),
        (([np.nan, 3], [1, 1], 10), "not so for 1"),
        (([], [], 10), "one number for each item"),
        (([[3, 4]], [[1, 2]], 10), "one number for each item"),
    ],
)
def test_counts_that_are_none(counts, words):
    with pytest.raises(DataError, match=words):
        MaxDiff.from_counts(*counts)


def test_names_of_counts_may_stand_anywhere():
    found = MaxDiff.from_counts([3, 4], {"a": 1, "b": 2}, 10)
    assert found.counts_["item"].tolist() == ["a", "b"]


def test_what_is_named_twice_is_refused():
    frame = simulate(people=5)
    with pytest.raises(DataError, match="twice: A"):
        MaxDiff().fit(frame, items=[*ITEMS, "A"])
    with pytest.raises(DataError, match="several columns are named 'item'"):
        MaxDiff().fit(pd.concat([frame, frame[["item"]]], axis=1))
    with pytest.raises(ParameterError, match="choice"):
        MaxDiff().fit(frame, choice="choice", best="choice")
