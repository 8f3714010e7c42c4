"""What every model offers, and the same printed digits on any number of threads."""

import json
import subprocess
import sys

import numpy as np
import pandas as pd
import pytest
from scipy import integrate

from segkit import value
from segkit.errors import DataError
from segkit.value import GammaGamma
from segkit.value._model import Model

PURCHASES = ["NBD", "BetaGeo", "ModifiedBetaGeo", "ParetoNBD", "BetaGeoBetaBinomial"]
RENEWALS = ["ShiftedBetaGeometric", "BetaDiscreteWeibull"]
DURATIONS = ["ConstantChurn", "ExponentialGamma"]
COMMON = (
    *("fit", "from_params", "intervals", "to_json", "from_json"),
    *("expected_new_customer", "log_likelihood"),
)
OFFERS = {
    **dict.fromkeys(
        PURCHASES,
        ("expected_purchases", "probability_alive", "pmf", "discounted_purchases", "bootstrap"),
    ),
    **dict.fromkeys(
        RENEWALS + DURATIONS,
        ("expected_purchases", "probability_alive", "pmf", "discounted_lifetime", "survival"),
    ),
    "GammaGamma": ("expected_spend", "pdf", "bootstrap"),
}


def data_for(name):
    if name == "BetaGeoBetaBinomial":
        truth = value.BetaGeoBetaBinomial.from_params(alpha=1.2, beta=0.75, gamma=0.66, delta=2.8)
        return truth.simulate(np.full(800, 8.0))
    if name in RENEWALS:
        return [1000, 869, 743, 653, 593, 551]
    if name in DURATIONS:
        rng = np.random.default_rng(0)
        stays = rng.exponential(4 / rng.gamma(0.8, size=900))
        return pd.DataFrame({"duration": np.minimum(stays, 8.0), "ended": stays < 8})
    frame = value.ParetoNBD.from_params(r=0.8, alpha=7.0, s=0.7, beta=12.0).simulate([30.0] * 1500)
    spend = GammaGamma.from_params(p=6.0, q=3.7, gamma=15.0).simulate(frame["frequency"])
    return frame.assign(monetary_value=spend)


def test_the_table_names_every_public_model():
    public = {
        name
        for name in value.__all__
        if isinstance(getattr(value, name), type) and issubclass(getattr(value, name), Model)
    }
    assert public == set(OFFERS)


@pytest.mark.parametrize("name", OFFERS)
def test_every_model_offers_what_its_kind_does(name):
    kind = getattr(value, name)
    lacking = [method for method in COMMON + OFFERS[name] if not hasattr(kind, method)]
    assert lacking == []
    model = kind().fit(data_for(name))
    assert set(model.params_) == set(model.standard_errors_) == set(kind._letters)
    assert np.isfinite(list(model.standard_errors_.values())).all()
    assert model.log_likelihood_ < 0
    assert model.gradient_ < 1e-6
    table = model.intervals()
    assert (table["low"] < table["estimate"]).all()
    assert (table["estimate"] < table["high"]).all()
    assert kind.from_json(model.to_json()).to_json() == model.to_json()


@pytest.mark.parametrize("name", OFFERS)
def test_the_likelihood_of_its_data_is_what_a_model_was_fitted_to(name):
    data = data_for(name)
    model = getattr(value, name)().fit(data)
    known = getattr(value, name).from_params(**model.params_)
    assert known.log_likelihood(data) == pytest.approx(model.log_likelihood_, rel=1e-12)


@pytest.mark.parametrize("name", RENEWALS + DURATIONS)
def test_new_customers_of_several_times_at_once(name):
    model = getattr(value, name)().fit(data_for(name))
    times = np.array([[0.0, 1.0], [2.5, 7.0]])
    each = [[model.expected_new_customer(t) for t in row] for row in times.tolist()]
    assert model.expected_new_customer(times).tolist() == pytest.approx(np.array(each))


@pytest.mark.parametrize("name", PURCHASES)
def test_probabilities_of_counts_make_one(name):
    model = getattr(value, name)().fit(data_for(name))
    counts = np.arange(9) if name == "BetaGeoBetaBinomial" else np.arange(2000)
    chances = model.pmf(counts, 8)
    assert chances.sum() == pytest.approx(1.0, abs=1e-9)
    assert chances @ counts == pytest.approx(model.expected_new_customer(8), rel=1e-6)


@pytest.mark.parametrize("name", PURCHASES)
def test_an_infinite_horizon_is_the_limit_of_long_ones(name):
    frame = data_for(name).head(50)
    model = getattr(value, name)().fit(data_for(name))
    ever = model.discounted_purchases(frame, discount_rate=0.2, unit="year")
    long = model.discounted_purchases(frame, 300, discount_rate=0.2, unit="year")
    assert long.tolist() == pytest.approx(ever.tolist(), rel=1e-9)


@pytest.mark.parametrize("x", [1, 2, 9])
def test_the_density_of_spend(x):
    """Mass one, and the mean that Fader & Hardie (2013) give: p gamma / (q - 1)."""
    model = GammaGamma.from_params(p=6.25, q=3.74, gamma=15.44)
    mass = integrate.quad(lambda z: float(model.pdf(z, x)), 0, np.inf, epsabs=1e-11)[0]
    mean = integrate.quad(lambda z: z * float(model.pdf(z, x)), 0, np.inf, epsabs=1e-9)[0]
    assert mass == pytest.approx(1.0, rel=1e-8)
    assert mean == pytest.approx(model.expected_new_customer(), rel=1e-6)
    assert model.expected_new_customer() == pytest.approx(6.25 * 15.44 / 2.74)


def test_the_density_is_the_likelihood():
    frame = data_for("GammaGamma")
    model, buyers = GammaGamma().fit(frame), frame[frame["frequency"] > 0]
    density = model.pdf(buyers["monetary_value"], buyers["frequency"])
    assert np.log(density).sum() == pytest.approx(model.log_likelihood_, rel=1e-12)


def test_refits_of_spend_spread_as_the_standard_errors_say():
    frame = data_for("GammaGamma")
    model = GammaGamma().fit(frame)
    spread = np.log(model.bootstrap(frame, refits=80)).std()
    stated = {
        letter: model.standard_errors_[letter] / model.params_[letter] for letter in spread.index
    }
    assert spread.to_dict() == pytest.approx(stated, rel=0.35)


PRINTED = """
from segkit.value import BetaGeo, GammaGamma, ParetoNBD, contract_value, lifetime_value
truth = ParetoNBD.from_params(r=0.8, alpha=7.0, s=0.7, beta=12.0)
frame = truth.simulate([30.0 + number % 50 / 7 for number in range(2_000)])
spend = GammaGamma.from_params(p=6.0, q=3.7, gamma=15.0)
frame["monetary_value"] = spend.simulate(frame["frequency"])
money = GammaGamma().fit(frame)
for kind in (BetaGeo, ParetoNBD):
    model = kind().fit(frame)
    worth = lifetime_value(model, money, frame, 52, 0.15, 0.3, unit="week")
    print(model.to_json(), money.to_json(), worth.total().to_json(double_precision=15))
    print(worth.value.sum().hex(), worth.intervals()["low"].sum().hex())
    print(worth.total(refits=2).to_json(double_precision=15))
frame["ended"] = frame["recency"] < 20
print(contract_value(frame, duration="T", margin="monetary_value").to_json())
"""


def test_the_same_digits_on_one_thread_and_on_two():
    found = []
    for threads in ("1", "2"):
        names = ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS")
        program = subprocess.run(
            [sys.executable, "-c", PRINTED],
            env=dict.fromkeys(names, threads),
            capture_output=True,
            text=True,
            check=True,
        )
        found.append(program.stdout)
    assert len(found[0]) > 2000
    assert found[0] == found[1]


@pytest.mark.parametrize("name", OFFERS)
def test_a_loaded_model_gives_the_verdicts_of_the_fitted_one(name):
    model = getattr(value, name)().fit(data_for(name))
    loaded = type(model).from_json(model.to_json())
    verdicts = {
        verdict: getattr(model, verdict)
        for verdict in ("attrition_", "heterogeneity_", "independence_")
        if hasattr(model, verdict)
    }
    assert verdicts
    assert {verdict: getattr(loaded, verdict) for verdict in verdicts} == verdicts
    learned = [name for name in vars(model) if name.endswith("_")]
    assert len(learned) > 5
    assert [getattr(loaded, name) for name in learned] == [getattr(model, name) for name in learned]


@pytest.mark.parametrize("name", OFFERS)
@pytest.mark.parametrize("missing", ["params", "covariance_of_logs", "notes"])
def test_json_that_is_not_whole_is_refused(name, missing):
    fields = json.loads(getattr(value, name)().fit(data_for(name)).to_json())
    del fields[missing]
    with pytest.raises(DataError, match=f"The JSON of this {name} is not whole"):
        getattr(value, name).from_json(json.dumps(fields))


@pytest.mark.parametrize("name", OFFERS)
def test_json_that_holds_something_else_is_refused_field_by_field(name):
    kind = getattr(value, name)
    stored = json.loads(kind().fit(data_for(name)).to_json())
    verdict = next(iter(stored["verdicts"]))
    size = len(stored["params"])
    wrong = {
        "params": [],
        "covariance_of_logs": [[np.nan] * size] * size,
        "unidentified": ["zeta"],
        "log_likelihood": np.inf,
        "gradient": "steep",
        "customers": -1,
        "notes": "read me",
        "unit": 7,
        "verdicts": {verdict: {"statistic": "large"}},
    }
    for field, content in wrong.items():
        words = verdict if field == "verdicts" else field
        with pytest.raises(DataError, match=f"'{words}' cannot be"):
            kind.from_json(json.dumps(stored | {field: content}))


@pytest.mark.parametrize("text", [None, 3, "{", "[" * 100_000])
def test_what_is_no_json_is_refused(text):
    with pytest.raises(DataError, match="The text is not JSON"):
        value.BetaGeo.from_json(text)
