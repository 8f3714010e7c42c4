"""The scorecard: planted cut-offs and chances, SQL and JSON that say the same, and refusals."""

import sqlite3
from contextlib import closing

import duckdb
import numpy as np
import pandas as pd
import pytest
from scipy.special import expit
from sklearn.metrics import roc_auc_score
from threadpoolctl import threadpool_limits

from segkit.errors import DataError, ParameterError
from segkit.scoring import Scorecard, judge_chances, priority_grid


def simulated(seed, n=3000):
    """Draw deals with steps in staff at 250, falling with age, and three kinds."""
    rng = np.random.default_rng(seed)
    rows = pd.DataFrame(
        {
            "central": rng.random(n) < 0.5,
            "staff": rng.integers(10, 1000, n),
            "age": rng.uniform(0, 40, n),
            "kind": rng.choice(["school", "college", "private"], n),
            "noise": rng.normal(size=n),
        }
    )
    odds = -1.6 + 1.2 * rows["central"] + 1.6 * (rows["staff"] >= 250) - 0.03 * rows["age"]
    odds += 0.8 * (rows["kind"] == "private")
    chance = expit(odds).to_numpy()
    return rows, rng.random(n) < chance, chance


@pytest.fixture(scope="module")
def drawn():
    return simulated(1)


@pytest.fixture(scope="module")
def card(drawn):
    return Scorecard().fit(drawn[0], drawn[1])


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_planted_cut_offs_weights_and_chances_are_recovered(seed):
    rows, won, chance = simulated(seed)
    card = Scorecard().fit(rows, won)
    staff = next(one for one in card.card_.columns if one.name == "staff")
    assert staff.cuts == pytest.approx((250,), abs=15)
    steps = card.points_.set_index(["column", "bin"])["log_odds"]
    assert steps["central", "yes"] - steps["central", "no"] == pytest.approx(1.2, abs=0.35)
    assert card.judgement_.auc == pytest.approx(roc_auc_score(won, chance), abs=0.03)
    assert 0.9 <= card.judgement_.slope <= 1.1
    assert np.abs(card.predict_proba(rows)[:, 1] - chance).mean() < 0.05
    noise = card.points_[card.points_["column"] == "noise"]["points"]
    assert (noise == 0).all()


def test_points_run_from_0_to_100_and_fall_with_age(card):
    tops = card.points_.groupby("column")["points"].max()
    assert tops.sum() == 100
    assert card.points_["points"].min() == 0
    age = card.points_[(card.points_["column"] == "age") & (card.points_["n"] > 0)]["points"]
    assert (np.diff(age) < 0).all()
    assert card.points_["points"].dtype == np.int64


def test_a_score_is_the_sum_of_its_points(card, drawn):
    rows = drawn[0].head(40)
    scored = card.score(rows)
    by_hand = sum(
        points[column.places(rows[column.name])]
        for column, points in zip(card.card_.columns, card.card_.points, strict=True)
    )
    assert scored["score"].tolist() == by_hand.tolist()
    assert ((scored["low"] < scored["chance"]) & (scored["chance"] < scored["high"])).all()
    assert (scored["n"] > 0).all()


def test_intervals_of_chances_hold_new_deals(card):
    """Of deals not used, each fifth by score is won as often as its interval says, give or take."""
    rows, won, _ = simulated(50, n=20_000)
    scored = card.score(rows).assign(won=won)
    groups = scored.groupby(pd.qcut(scored["chance"], 5, duplicates="drop"), observed=True)
    found = groups.agg({"won": "mean", "low": "mean", "high": "mean"})
    reach = found["high"] - found["low"]
    assert ((found["won"] > found["low"] - reach) & (found["won"] < found["high"] + reach)).all()


def test_sql_says_the_same_on_two_engines(card, drawn):
    rows = drawn[0].head(300).assign(id=range(300))
    rows.loc[3, ["staff", "age"]] = None
    rows["kind"] = rows["kind"].where(rows["id"] != 4, "it's new")
    expected = card.score(rows)
    for found in (
        duckdb.sql(card.to_sql(table="rows", key="id")).df(),
        _sqlite(card, rows),
    ):
        assert found["score"].tolist() == expected["score"].tolist()
        for name in ("chance", "low", "high"):
            assert found[name].to_numpy() == pytest.approx(expected[name].to_numpy(), abs=1e-12)
        assert found["n"].tolist() == expected["n"].tolist()


def _sqlite(card, rows):
    with closing(sqlite3.connect(":memory:")) as connection:
        rows.to_sql("accounts", connection, index=False)
        return pd.read_sql_query(card.to_sql("sqlite", key="id"), connection)


def test_nothing_known_has_no_score(card):
    rows = pd.DataFrame(
        {
            "central": pd.array([None, True], dtype="boolean"),
            "staff": [np.nan, 300.0],
            "age": [np.nan, np.nan],
            "kind": pd.array([None, None], dtype="str"),
            "noise": [0.0, 0.0],
        }
    )
    scored = card.score(rows)
    assert scored.loc[0].isna().all()
    assert scored.loc[1].notna().all()
    assert card.reasons(rows).loc[0].tolist() == ["", "", ""]
    found = duckdb.sql(card.to_sql(table="rows")).df()
    assert found["score"].isna().tolist() == [True, False]


def test_json_keeps_everything(card, drawn):
    again = Scorecard.from_json(card.to_json())
    assert again.to_json() == card.to_json()
    assert again.score(drawn[0]).equals(card.score(drawn[0]))
    assert again.judgement_.deciles.equals(card.judgement_.deciles)
    assert again.to_sql(key="staff") == card.to_sql(key="staff")


@pytest.mark.parametrize(
    "text", ["no json", "[]", '{"model": "Segmenter", "schema": 1}', '{"model": "Scorecard"}']
)
def test_foreign_json_is_refused(text):
    with pytest.raises(DataError, match="JSON"):
        Scorecard.from_json(text)


def test_damaged_json_is_refused(card):
    with pytest.raises(DataError, match="damaged"):
        Scorecard.from_json(card.to_json().replace('"points"', '"pints"', 1))


def test_reasons_name_what_moves_the_score(card, drawn):
    first = card.reasons(drawn[0].head(200), most=2)
    assert first.shape == (200, 2)
    assert first["reason_1"].str.match(r"^(staff|central|kind|age): .+ \([+-]\d+\)$").all()


def test_later_deals_are_held_out(drawn):
    rows, won, _ = drawn
    card = Scorecard().fit(rows, won, time=pd.date_range("2024-01-01", periods=len(won), freq="h"))
    assert card.holdout_.n == pytest.approx(0.3 * len(won), abs=2)
    assert card.holdout_.auc > 0.7
    assert Scorecard().fit(rows, won).holdout_ is None


def test_copies_of_one_account_stay_on_one_side():
    """Fifty accounts, each copied: row by row a card seems to know what it has only seen."""
    rng = np.random.default_rng(0)
    account = np.repeat(np.arange(60), 20)
    rows = pd.DataFrame({"a": rng.normal(size=60), "b": rng.normal(size=60)}).iloc[account]
    won = (rng.random(60) < 0.5)[account]
    blind = Scorecard(smallest=0.02).fit(rows, won)
    assert blind.judgement_.auc > 0.6
    with pytest.raises(DataError, match=r"no better than chance|nothing of the others|No column"):
        Scorecard(smallest=0.02).fit(rows, won, groups=account)


def test_chance_is_refused():
    refused = 0
    for seed in range(10):
        rng = np.random.default_rng(seed)
        rows = pd.DataFrame({"a": rng.normal(size=800), "b": rng.random(800) < 0.5})
        try:
            card = Scorecard().fit(rows, rng.random(800) < 0.3)
        except DataError:
            refused += 1
        else:
            assert card.judgement_.auc < 0.6
    assert refused >= 6


def test_too_few_events_are_refused(drawn):
    rows, won, _ = drawn
    keep = np.r_[np.flatnonzero(won)[:30], np.flatnonzero(~won)]
    with pytest.raises(DataError, match=r"at least 50 won .* Found 30 won"):
        Scorecard().fit(rows.iloc[keep], won[keep])


@pytest.mark.parametrize(
    "parameters", [{"bins": 1}, {"folds": 1}, {"ridge": 0}, {"confidence": 1}, {"smallest": 0.7}]
)
def test_parameters_are_checked(parameters, drawn):
    with pytest.raises(ParameterError, match=next(iter(parameters))):
        Scorecard(**parameters).fit(drawn[0], drawn[1])


def test_same_digits_on_one_thread_and_two(drawn):
    texts = []
    for threads in (1, 2):
        with threadpool_limits(threads):
            texts.append(Scorecard().fit(drawn[0].head(900), drawn[1][:900]).to_json())
    assert texts[0] == texts[1]


def test_fit_and_engagement_stay_two_axes():
    grades, table = priority_grid(
        pd.Series([80, 20, 50, 80], index=list("abcd")),
        [0, 9, 2, 9],
        [1, 0, 0, 1],
        fit_cuts=(40, 70),
        engagement_cuts=(1, 5),
    )
    assert grades.to_dict() == {"a": "A3", "b": "C1", "c": "B2", "d": "A1"}
    assert table["n"].sum() == 4
    assert table.set_index("grade").loc["A1", ["won", "n"]].tolist() == [1, 1]
    many_silent = priority_grid([1, 2, 3, 4, 5, 6], [0, 0, 0, 0, 0, 7])[0]
    assert [grade[1] for grade in many_silent] == ["3", "3", "3", "3", "3", "1"]


def test_judgement_by_hand_and_by_peer():
    y, p = [0, 0, 1, 1, 1, 0], [0.1, 0.4, 0.35, 0.8, 0.7, 0.2]
    found = judge_chances(y, p)
    assert found.auc == pytest.approx(roc_auc_score(y, p))
    assert found.brier == pytest.approx(np.mean((np.array(p) - y) ** 2))
    assert found.brier_base == 0.25
    assert found.deciles["gain"].iloc[-1] == 1
    with pytest.raises(DataError, match="alike"):
        judge_chances([1, 1], [0.5, 0.6])
    with pytest.raises(DataError, match=r"\[0, 1\]"):
        judge_chances([1, 0], [1.5, 0.6])


def test_interval_of_the_auc_covers():
    """90 % intervals (DeLong) over 200 draws of two normals, AUC = Phi(1 / sqrt 2) = .7602."""
    inside = 0
    for seed in range(200):
        rng = np.random.default_rng(seed)
        score = np.r_[rng.normal(1, 1, 60), rng.normal(0, 1, 90)]
        found = judge_chances(np.repeat([1, 0], [60, 90]), expit(score))
        inside += found.auc_interval[0] <= 0.76025 <= found.auc_interval[1]
    assert 168 <= inside <= 192


def test_postgres_agrees(card, drawn, postgres_socket):
    psycopg = pytest.importorskip("psycopg")
    rows = drawn[0].head(200).assign(id=range(200))
    rows["staff"] = rows["staff"].astype("Int64").mask(rows["id"] == 7)
    types = {"central": "boolean", "staff": "integer", "kind": "text", "id": "bigint"}
    columns = ", ".join(f'"{name}" {types.get(name, "double precision")}' for name in rows)
    plain = rows.astype(object).where(rows.notna(), None)
    with psycopg.connect(host=postgres_socket, user="postgres", dbname="postgres") as postgres:
        postgres.execute(f"CREATE TEMPORARY TABLE accounts ({columns})")
        with postgres.cursor().copy("COPY accounts FROM STDIN") as copy:
            for row in plain.itertuples(index=False):
                copy.write_row(row)
        found = postgres.execute(card.to_sql("postgres", key="id")).fetchall()
        postgres.rollback()
    expected = card.score(rows)
    assert [row[1] for row in found] == expected["score"].tolist()
    assert [row[2] for row in found] == pytest.approx(expected["chance"].tolist(), abs=1e-12)


def test_one_account_can_be_scored_as_a_mapping():
    rows, won = simulated(3)[:2]
    card = Scorecard().fit(rows, won)
    first = rows.head(1)
    wanted = card.score(first)["score"].tolist()
    assert card.score(first.to_dict("list"))["score"].tolist() == wanted
    assert card.score(first.to_dict("records"))["score"].tolist() == wanted
    with pytest.raises(DataError, match="no table can be made"):
        card.score({name: rows[name].iloc[0] for name in rows})


def test_noise_gives_no_card():
    """Permuted outcomes are refused in at least 19 of 20 draws."""
    rows = simulated(5, 1200)[0]
    rng = np.random.default_rng(0)
    refused = 0
    for _ in range(20):
        try:
            Scorecard().fit(rows, rng.random(len(rows)) < 0.3)
        except DataError as refusal:
            refused += "tells who is won" in str(refusal) or "tells anything" in str(refusal)
    assert refused >= 19


def test_time_may_be_text_and_columns_bear_one_name_each(drawn):
    rows, won, _ = drawn
    days = pd.date_range("2024-01-01", periods=len(won), freq="h").astype(str)
    card = Scorecard().fit(rows, won, time=list(days))
    assert card.holdout_.n == pytest.approx(0.3 * len(won), abs=2)
    with pytest.raises(DataError, match="time must hold dates"):
        Scorecard().fit(rows, won, time=["someday"] * len(won))
    with pytest.raises(DataError, match="stand more than once: staff"):
        Scorecard().fit(pd.concat([rows, rows[["staff"]]], axis=1), won)


@pytest.mark.parametrize(
    ("chances", "ends"),
    [
        ([0.2] * 10 + [0.8] * 10, (0.741, 1.0)),
        ([0.8] * 10 + [0.2] * 10, (0.0, 0.259)),
        ([0.5] * 20, (0.0, 1.0)),
    ],
)
def test_an_auc_at_the_edge_is_not_known_without_error(chances, ends):
    """Clopper & Pearson: 10 of 10 is at least 0.05 ** (1 / 10)."""
    found = judge_chances(np.repeat([0, 1], 10), chances)
    assert found.auc_interval == pytest.approx(ends, abs=0.001)


def test_deals_told_ten_times_over_tell_nothing_more():
    """Intervals of rows given ten times, each account a group, stay those of the rows."""
    rng = np.random.default_rng(0)
    p = rng.uniform(0.1, 0.9, 300)
    y = rng.random(300) < p
    once = judge_chances(y, p)
    told = judge_chances(np.tile(y, 10), np.tile(p, 10), groups=np.tile(np.arange(300), 10))
    alone = judge_chances(np.tile(y, 10), np.tile(p, 10))
    assert told.auc_interval == pytest.approx(once.auc_interval, abs=0.002)
    # The inverse information and the sandwich are two estimates of one variance.
    assert told.slope_interval == pytest.approx(once.slope_interval, abs=0.05)
    for one, other in (
        (told.auc_interval, alone.auc_interval),
        (told.slope_interval, alone.slope_interval),
    ):
        assert np.ptp(one) > 2.5 * np.ptp(other)
    width = (told.deciles["high"] - told.deciles["low"]).mean()
    assert width > 2 * (alone.deciles["high"] - alone.deciles["low"]).mean()


def test_chances_of_a_card_know_that_deals_of_an_account_go_together():
    rng = np.random.default_rng(1)
    account = np.repeat(np.arange(150), 8)
    rows = pd.DataFrame({"x": rng.normal(size=150)[account]})
    won = (rng.random(150) < expit(rows["x"].to_numpy()[::8]))[account]
    card = Scorecard().fit(rows, won, groups=account)
    chances = card.score(rows.head(1)).iloc[0]
    plain = Scorecard().fit(rows, won).score(rows.head(1)).iloc[0]
    assert chances["high"] - chances["low"] > 1.5 * (plain["high"] - plain["low"])


def test_outcomes_in_words_of_true_and_false_are_read():
    chances = [0.1, 0.4, 0.35, 0.8]
    words = judge_chances(["False", "False", "True", "True"], chances)
    assert words.auc == judge_chances([0, 0, 1, 1], chances).auc == 0.75


def test_deals_without_an_account_or_a_time_are_not_lost_from_the_trial():
    rng = np.random.default_rng(2)
    rows = pd.DataFrame({"x": rng.normal(size=600)})
    won = rng.random(600) < expit(rows["x"])
    account = pd.Series([None] * 600, dtype=object)
    account[:20] = "one"
    time = np.arange(600.0)
    time[::100] = np.nan
    card = Scorecard().fit(rows, won, groups=account, time=time)
    assert card.holdout_ is not None
    assert "6 deals without a time are in neither part." in card.notes_
