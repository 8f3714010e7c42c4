"""U4 against the shares and flows planted in the sample company."""

import numpy as np
import pandas as pd
import pytest

import segkit
from segkit.samples import make_case


@pytest.fixture(scope="module", params=[7, 101])
def answer(request):
    case = make_case(request.param)
    tables = {name: case.tables[name] for name in ("alternatives", "switches", "users")}
    return segkit.CustomerBase.from_tables(tables, {"as_of": case.truth["as_of"]}).ask("U4")


def test_planted_shares_and_net_flows_come_back(answer, truth):
    planted = truth["U4"]["parameter"]
    rows = answer.table.set_index("alternative")
    for name, share in planted["share"].items():
        assert rows.loc[name, "share"] == pytest.approx(share, abs=0.002)
        assert rows.loc[name, "low"] < share < rows.loc[name, "high"]
    for name, net in planted["net_flow"].items():
        assert rows.loc[name, "net_share"] == pytest.approx(net, abs=0.002)
    assert rows["satisfaction"].sort_values().index.tolist() == [
        "do nothing", "spreadsheet", "Vendor A", "Larkspur HR",
    ]  # fmt: skip


def test_steady_shares_are_those_of_the_planted_rates(answer, truth):
    """Rates: planted flows over planted shares; in the long run as many join as leave."""
    planted = truth["U4"]["parameter"]
    names = list(planted["share"])
    rates = np.zeros((4, 4))
    for pair, flow in planted["flow"].items():
        old, new = pair.split(" -> ")
        rates[names.index(old), names.index(new)] = flow / planted["share"][old]
    balance = (rates - np.diag(rates.sum(axis=1))).T
    steady = np.linalg.lstsq(np.vstack([balance, np.ones(4)]), [0, 0, 0, 0, 1], rcond=None)[0]
    rows = answer.table.set_index("alternative").loc[names]
    assert rows["steady"].to_numpy() == pytest.approx(steady, abs=0.01)
    assert (rows["steady_low"] < steady).all()
    assert (steady < rows["steady_high"]).all()


def test_the_largest_flow_is_from_spreadsheets_to_us(answer):
    switches = [picture for picture in answer.pictures if picture.about == "switches"]
    assert "from spreadsheet to Larkspur HR" in switches[1].finding
    counts = switches[1].table.set_index("from")
    assert counts.loc["spreadsheet", "Larkspur HR"] == counts.to_numpy().max()
    assert "Larkspur HR gains most by switches" in answer.headline


def test_switches_back_and_forth_favour_nobody(larkspur):
    switches = larkspur["switches"]
    back = switches.rename(columns={"from": "to", "to": "from"})
    back = back.assign(switch_id="Y" + back["switch_id"])
    tables = {"switches": pd.concat([switches, back]), "alternatives": larkspur["alternatives"]}
    answer = segkit.CustomerBase.from_tables(tables, {"as_of": str(larkspur.as_of.date())}).ask(
        "U4"
    )
    assert "no alternative gains or loses" in answer.headline
