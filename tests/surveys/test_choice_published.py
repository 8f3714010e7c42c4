"""Choice models against figures that others published."""

import numpy as np
import pandas as pd
import pytest

from segkit.surveys import ChoiceModel, MaxDiff, conjoint_importance, rating_conjoint

TEAMS = ("Milwaukee", "Detroit", "Toronto", "New York", "Boston", "Cleveland", "Baltimore")
# Agresti 1990, Categorical Data Analysis, table 10.10: American League 1987, games won by the row.
WINS = np.array(
    [
        [0, 7, 9, 7, 7, 9, 11],
        [6, 0, 7, 5, 11, 9, 9],
        [4, 6, 0, 7, 7, 8, 12],
        [6, 8, 6, 0, 6, 7, 10],
        [6, 2, 6, 7, 0, 7, 12],
        [4, 4, 5, 6, 6, 0, 6],
        [2, 4, 1, 3, 1, 7, 0],
    ]
)
# Ben-Akiva & Lerman 1985, Discrete Choice Analysis, chapter 4: minutes of 21 commuters by car and
# by transit, and which they took.
BY_AUTO = [
    52.9, 4.1, 4.1, 56.2, 51.8, 0.2, 27.6, 89.9, 41.5, 95.0, 99.1, 18.5, 82.0, 8.6, 22.5, 51.4,
    81.0, 51.0, 62.2, 95.1, 41.6,
]  # fmt: skip
BY_TRANSIT = [
    4.4, 28.5, 86.9, 31.6, 20.2, 91.2, 79.7, 2.2, 24.5, 43.5, 8.4, 84.0, 38.0, 1.6, 74.1, 83.8,
    19.2, 85.0, 90.1, 22.2, 91.5,
]  # fmt: skip
TAKEN = "TTATTAATTTTAATAATAATA"
FRUIT = {  # R package support.BWS 0.4-6, data set fruit: 100 people, each item in 4 of 7 sets
    "best": [213, 149, 108, 72, 67, 16, 75],
    "worst": [15, 51, 112, 102, 92, 228, 100],
    "standardised": [0.495, 0.245, -0.010, -0.075, -0.0625, -0.530, -0.0625],
}
FRUIT_SETS = [
    (1, 2, 2, 1, 1, 3, 1), (4, 3, 4, 2, 3, 5, 2), (6, 4, 5, 5, 4, 6, 3), (7, 6, 7, 6, 5, 7, 7),
]  # fmt: skip


def games():
    rows = []
    for winner, row in zip(TEAMS, WINS, strict=True):
        for loser, won in zip(TEAMS, row, strict=True):
            for _ in range(won):
                task = len(rows) // 2
                rows += [(task, winner, 1), (task, loser, 0)]
    return pd.DataFrame(rows, columns=["task", "team", "chosen"])


def test_baseball_as_in_agresti():
    """Figures of BTm(baseball) in R's BradleyTerry2 without home advantage; Baltimore is 0."""
    published = {
        "Boston": (1.1077, 0.3339),
        "Cleveland": (0.6839, 0.3319),
        "Detroit": (1.4364, 0.3396),
        "Milwaukee": (1.5814, 0.3433),
        "New York": (1.2476, 0.3359),
        "Toronto": (1.2945, 0.3367),
    }
    model = ChoiceModel(["team"], coding="dummy").fit(games())
    found = model.coefficients_.set_index("level")
    for team, (estimate, error) in published.items():
        assert found.loc[team, "estimate"] == pytest.approx(estimate, abs=6e-5)
        assert found.loc[team, "se"] == pytest.approx(error, abs=6e-5)
    effects = ChoiceModel(["team"]).fit(games()).coefficients_.set_index("level")["estimate"]
    assert effects.sum() == pytest.approx(0)
    assert effects["Boston"] - effects["Baltimore"] == pytest.approx(1.1077, abs=6e-5)


def test_travel_as_in_ben_akiva_and_lerman():
    """Estimates, errors and log likelihoods as printed: auto -0.2376 (0.7505) and so on."""
    trips = zip(BY_AUTO, BY_TRANSIT, TAKEN, strict=True)
    rows = [
        row
        for task, (auto, transit, mode) in enumerate(trips)
        for row in ((task, "auto", auto, mode == "A"), (task, "transit", transit, mode == "T"))
    ]
    frame = pd.DataFrame(rows, columns=["trip", "mode", "minutes", "chosen"])
    kinds = {"mode": "part-worth", "minutes": "linear"}
    model = ChoiceModel(kinds, coding="dummy").fit(frame, task="trip")
    found = model.coefficients_.set_index(["attribute", "level"])
    assert found.loc[("mode", "transit"), "estimate"] == pytest.approx(0.2376, abs=5e-5)
    assert found.loc[("mode", "transit"), "se"] == pytest.approx(0.7505, abs=5e-5)
    assert found.loc[("minutes", ""), "estimate"] == pytest.approx(-0.0531, abs=5e-5)
    assert found.loc[("minutes", ""), "se"] == pytest.approx(0.0206, abs=5e-5)
    assert model.log_likelihood_ == pytest.approx(-6.166, abs=5e-4)
    assert model.null_log_likelihood_ == pytest.approx(-14.556, abs=5e-4)


def test_heating_by_constants_alone_gives_the_shares():
    """Train: 573, 129, 64, 84 and 50 of 900 households; constants foretell their shares exactly."""
    counts = {"gc": 573, "gr": 129, "ec": 64, "er": 84, "hp": 50}
    taken = [kind for kind, count in counts.items() for _ in range(count)]
    rows = [(task, system, system == kind) for task, kind in enumerate(taken) for system in counts]
    frame = pd.DataFrame(rows, columns=["task", "system", "chosen"])
    model = ChoiceModel(coding="dummy").fit(frame)
    share = model.shares([{"system": system} for system in counts])["share"]
    assert share.tolist() == pytest.approx([count / 900 for count in counts.values()])
    expected = sum(count * np.log(count / 900) for count in counts.values())
    assert model.log_likelihood_ == pytest.approx(expected)


def test_fruit_counts_as_in_support_bws():
    model = MaxDiff.from_counts(FRUIT["best"], FRUIT["worst"], 400)
    assert model.counts_["standardised"].tolist() == pytest.approx(FRUIT["standardised"])
    assert model.counts_["sqrt_ratio"].iloc[0] == pytest.approx((213 / 15) ** 0.5)
    p = (400 - 15 + 213) / 800
    first = model.closed_form_.iloc[0]
    assert first["p"] == pytest.approx(p)
    assert first["utility"] == pytest.approx(np.log(p / (1 - p)))
    assert first["se"] == pytest.approx((p * (1 - p) / 800) ** 0.5 / (p * (1 - p)))
    assert model.closed_form_["share"].sum() == pytest.approx(1)


def test_fruit_sets_count_each_item_four_times():
    """The published sets: 100 people who agree, so that counts follow from the order alone."""
    rows = []
    for number, shown in enumerate(np.array(FRUIT_SETS).T, 1):
        for respondent in range(100):
            rows += [
                (respondent, number, item, (item == min(shown)) - int(item == max(shown)))
                for item in shown
            ]
    model = MaxDiff().fit(pd.DataFrame(rows, columns=["respondent", "set", "item", "choice"]))
    assert model.counts_["shown"].tolist() == [400] * 7
    # In sets sorted by item, whoever likes the first items always picks the first row.
    assert model.ledger_["tasks"].tolist() == [700]
    assert model.counts_["best"].sum() == sum(FRUIT["best"]) == sum(FRUIT["worst"])
    assert model.counts_["best_minus_worst"].is_monotonic_decreasing


def test_importance_as_in_orme():
    """Orme, Interpreting Conjoint Analysis Data: ranges 40, 90 and 20."""
    expected = [26.7, 60.0, 13.3]
    worths = {"brand": {"A": 30, "B": 60, "C": 20}, "price": [90, 50, 0], "colour": [20, 0]}
    long = pd.DataFrame(
        [
            {"attribute": name, "level": place, "part_worth": value}
            for name, levels in worths.items()
            for place, value in enumerate(levels.values() if isinstance(levels, dict) else levels)
        ]
    )
    for given in ([40, 90, 20], np.array([40, 90, 20]), worths, long):
        assert conjoint_importance(given)["importance"].round(1).tolist() == expected


def test_rating_conjoint_by_hand():
    """Orthogonal offers: part-worths are differences of mean ratings."""
    offers = pd.DataFrame(
        {"brand": ["A", "A", "B", "B"] * 2, "price": [10.0, 20.0, 10.0, 20.0] * 2}
    )
    frame = offers.assign(respondent=[1] * 4 + [2] * 4, rating=[10, 4, 8, 2, 5, 5, 1, 1])
    found = rating_conjoint(frame)
    worths = found.part_worths.set_index(["respondent", "attribute", "level"])["estimate"]
    assert worths.loc[(1, "brand", "A")] == pytest.approx(1)
    assert worths.loc[(1, "price", 20.0)] - worths.loc[(1, "price", 10.0)] == pytest.approx(-6)
    # Respondent 1: 2 and 6, so 25 % and 75 %; respondent 2: 4 and 0.
    assert found.importance["importance"].tolist() == pytest.approx([62.5, 37.5])
    assert found.respondents["r2"].tolist() == pytest.approx([1, 1])


# Green & Wind (1975), "New way to measure consumers' judgments", HBR: package, brand, price, seal,
# guarantee and the rank that one respondent gave.
CARPET_CLEANER = """\
A K2R 1.19 no no 13|A Glory 1.39 no yes 11|A Bissell 1.59 yes no 17|B K2R 1.39 yes yes 2
B Glory 1.59 no no 14|B Bissell 1.19 no no 3|C K2R 1.59 no yes 12|C Glory 1.19 yes no 7
C Bissell 1.39 no no 9|A K2R 1.59 yes no 18|A Glory 1.19 no yes 8|A Bissell 1.39 no no 15
B K2R 1.19 no no 4|B Glory 1.39 yes no 6|B Bissell 1.59 no yes 5|C K2R 1.39 no no 10
C Glory 1.59 no no 16|C Bissell 1.19 yes yes 1"""


def test_carpet_cleaner_as_in_green_and_wind():
    """An orthogonal array: part-worths are mean ranks, turned round, less the mean of all."""
    cards = [card.split() for card in CARPET_CLEANER.replace("\n", "|").split("|")]
    frame = pd.DataFrame(cards, columns=["package", "brand", "price", "seal", "money", "rank"])
    rank = frame.pop("rank").astype(int)
    found = rating_conjoint(frame.assign(respondent=1, rating=19 - rank))
    worths = found.part_worths.set_index(["attribute", "level"])["estimate"]
    for name in frame:
        means = rank.groupby(frame[name]).mean()
        expected = means.mean() - means
        assert worths[name].loc[expected.index].to_numpy() == pytest.approx(expected.to_numpy())
    importance = found.importance.set_index("attribute")["importance"].round(1)
    told = {"package": 33.8, "brand": 8.5, "price": 32.4, "seal": 6.3, "money": 19.0}
    assert importance.to_dict() == pytest.approx(told)
    assert found.respondents["r2"][0] == pytest.approx(0.983, abs=5e-4)
