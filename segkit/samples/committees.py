"""The people in the accounts, their true roles, and who took part in which deal.

Five persons share the seven roles of an account. The decider may approve as well, else the buyer
does; the user may initiate, else the influencer does; half of the accounts have a gatekeeper of
their own, else the buyer keeps the gate. Whether decider and user both take part is drawn given
the outcome of the deal, so that deals with both are won 2.1 times as often (Bayes' rule backwards),
and so that the chance to win given the account (A1) stays as planted.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from segkit.samples.deals import WIN_RATE
from segkit.samples.names import people
from segkit.samples.streams import Flags, codes, pick, stream, where_known

__all__ = [
    "ENGAGED",
    "ROLES",
    "WIN_RATES",
    "draw_contacts",
    "draw_opp_contacts",
    "expected_roles",
    "roles_of",
]

ROLES = ("initiator", "user", "influencer", "decider", "approver", "buyer", "gatekeeper")

_BOTH, _LIFT = 0.45, 2.1
_WITHOUT = WIN_RATE / (1 + _BOTH * (_LIFT - 1))
WIN_RATES = {"decider and user": _LIFT * _WITHOUT, "not both": _WITHOUT}
"""Share of closed deals won, with decider and user both engaged and otherwise."""
ENGAGED = {
    "both": _BOTH,
    "decider only": 0.17,
    "user only": 0.21,
    "neither": 0.17,
    "others": 0.8179,
}
"""Chance that decider and user take part in a deal, and that each other person does; where none
of the first four would, the influencer does."""
RECORDED = 0.40
"""Share of participations whose role somebody noted."""

_PERSONS = ("decider", "user", "influencer", "buyer", "gatekeeper")
_EXTRA = {"decider": "approver", "user": "initiator", "influencer": "initiator",
          "buyer": "approver"}  # fmt: skip
_OWN_GATEKEEPER = 0.5
_AMBIGUOUS = 0.10
_UNSAID = 0.12

_Titles = tuple[tuple[str, str, str], ...]
_TITLES: dict[tuple[str, bool], _Titles] = {
    ("decider", False): (
        ("Chief Human Resources Officer", "Human Resources", "C-level"),
        ("Vice President for Human Resources", "Human Resources", "vice president"),
        ("Associate Vice President, Human Resources", "Human Resources", "vice president"),
        ("Assistant Superintendent for Human Resources", "Human Resources", "vice president"),
    ),
    ("decider", True): (
        ("Chief Financial Officer", "Finance", "C-level"),
        ("Vice President for Finance and Administration", "Finance", "vice president"),
        ("Chief Operating Officer", "Administration", "C-level"),
        ("Superintendent", "Administration", "C-level"),
    ),
    ("user", False): (
        ("Payroll Clerk", "Payroll", "staff"),
        ("Payroll Specialist", "Payroll", "staff"),
        ("Senior Payroll Technician", "Payroll", "staff"),
        ("Benefits Clerk", "Human Resources", "staff"),
    ),
    ("user", True): (
        ("HR Generalist", "Human Resources", "staff"),
        ("HR Coordinator", "Human Resources", "staff"),
        ("Payroll Supervisor", "Payroll", "manager"),
        ("HR Operations Specialist", "Human Resources", "staff"),
    ),
    ("influencer", False): (
        ("Director of Information Technology", "IT", "director"),
        ("HRIS Analyst", "IT", "staff"),
        ("Enterprise Systems Architect", "IT", "manager"),
        ("Information Security Officer", "IT", "manager"),
    ),
    ("influencer", True): (
        ("Assistant Director of Human Resources", "Human Resources", "director"),
        ("HR Project Manager", "Human Resources", "manager"),
        ("Director of Digital Transformation", "IT", "director"),
        ("Employee Experience Manager", "Human Resources", "manager"),
    ),
    ("buyer", False): (
        ("Purchasing Manager", "Procurement", "manager"),
        ("Procurement Officer", "Procurement", "staff"),
        ("Senior Buyer", "Procurement", "staff"),
        ("Contracts Manager", "Procurement", "manager"),
    ),
    ("buyer", True): (
        ("Controller", "Finance", "director"),
        ("Business Manager", "Finance", "manager"),
        ("Director of Procurement", "Procurement", "director"),
        ("Director of Budget and Purchasing", "Finance", "director"),
    ),
    ("gatekeeper", False): (
        ("Executive Assistant", "Administration", "staff"),
        ("Assistant to the President", "Administration", "staff"),
        ("Office Manager", "Administration", "manager"),
        ("Secretary to the Board", "Administration", "staff"),
    ),
}
_SHARED: _Titles = (
    ("Director of Human Resources", "Human Resources", "director"),
    ("HR Manager", "Human Resources", "manager"),
    ("Administrative Services Manager", "Administration", "manager"),
    ("Director of Operations", "Administration", "director"),
    ("Program Coordinator", "Administration", "staff"),
    ("Analyst", "Administration", "staff"),
)


def draw_contacts(seed: int, deals: pd.DataFrame) -> pd.DataFrame:
    """Draw the people of every account with a deal.

    Latent columns: `row` of the account, `person` (which of the five), and one flag a role.
    """
    rng = stream(seed, "contacts")
    accounts = deals.drop_duplicates("row").sort_values("row")
    frame = _committees(rng, len(accounts))
    for name in ("row", "account_id"):
        frame[name] = np.repeat(accounts[name].to_numpy(object), len(_PERSONS))
    frame = frame[frame["there"]].reset_index(drop=True)
    shuffled = np.lexsort((rng.random_sample(len(frame)), frame["row"].astype(int)))
    frame = frame.iloc[shuffled].reset_index(drop=True)
    frame["contact_id"] = codes("P", len(frame))
    frame["name"] = people(rng, len(frame))
    _give_titles(frame, rng)
    return frame


def _committees(rng: np.random.RandomState, count: int) -> pd.DataFrame:
    """Share the seven roles of each account among its five persons."""
    approves, initiates, own = (rng.random_sample(count) < p for p in (0.5, 0.5, _OWN_GATEKEEPER))
    also = {"decider": approves, "user": initiates, "influencer": ~initiates, "buyer": ~approves}
    nobody = np.zeros(count, dtype=bool)
    frame = pd.DataFrame({"person": np.tile(np.array(_PERSONS, dtype=object), count)})
    frame["extra"] = np.column_stack([also.get(person, nobody) for person in _PERSONS]).ravel()
    for role in ROLES:
        frame[role] = frame["person"] == role
    for person, role in _EXTRA.items():
        frame.loc[(frame["person"] == person) & frame["extra"], role] = True
    shared = np.repeat(~own, len(_PERSONS))
    frame.loc[(frame["person"] == "buyer") & shared, "gatekeeper"] = True
    frame["there"] = (frame["person"] != "gatekeeper") | ~shared
    return frame


def _give_titles(frame: pd.DataFrame, rng: np.random.RandomState) -> None:
    """Give titles that tell the role mostly: one in ten is a title anyone may hold."""
    which, shared, u = (rng.random_sample(len(frame)) for _ in range(3))
    chosen: list[tuple[str, str, str]] = []
    for person, extra, position, common in zip(
        frame["person"], frame["extra"], which, shared < _AMBIGUOUS, strict=True
    ):
        titles = _SHARED if common else _TITLES[person, bool(extra)]
        chosen.append(titles[int(position * len(titles))])
    title, function, seniority = (
        np.array(part, dtype=object) for part in zip(*chosen, strict=True)
    )
    frame["title"] = title
    frame["function"] = where_known(function, u > _UNSAID)
    frame["seniority"] = where_known(seniority, (u < _UNSAID) | (u > 2 * _UNSAID))


def draw_opp_contacts(seed: int, deals: pd.DataFrame, contacts: pd.DataFrame) -> pd.DataFrame:
    """Draw who took part in each deal, and note the role of two in five.

    Latent columns: `opp` and `contact`, rows of deals and contacts.
    """
    rng = stream(seed, "opp_contacts")
    present = _present(rng, deals)
    slot = {person: number for number, person in enumerate(_PERSONS)}
    people_of = pd.DataFrame({"row": contacts["row"], "contact": np.arange(len(contacts))})
    pairs = deals[["row", "opp_id"]].assign(opp=np.arange(len(deals))).merge(people_of, on="row")
    person = contacts["person"].map(slot).to_numpy()[pairs["contact"]]
    pairs = pairs[present[pairs["opp"], person]].reset_index(drop=True)
    pairs["contact_id"] = contacts["contact_id"].to_numpy()[pairs["contact"]]
    noted = pick(rng, np.full(len(pairs), 0.5), round(RECORDED * len(pairs)))
    roles = np.array(roles_of(contacts), dtype=object)[pairs["contact"]]
    pairs["role"] = where_known(roles, noted)
    return pairs


def _present(rng: np.random.RandomState, deals: pd.DataFrame) -> Flags:
    """Flag for each deal which of the five persons takes part."""
    wins = deals["will_win"].to_numpy(bool)
    both = np.zeros(len(deals), dtype=bool)
    for won, base in ((True, WIN_RATE), (False, 1 - WIN_RATE)):
        rate = WIN_RATES["decider and user"]
        chance = _BOTH * (rate if won else 1 - rate) / base
        for group in (deals["is_open"].to_numpy(bool), ~deals["is_open"].to_numpy(bool)):
            rows = np.flatnonzero((wins == won) & group)
            both[rows] = pick(rng, np.full(len(rows), 0.5), round(chance * len(rows)))
    u = rng.random_sample(len(deals)) * (1 - _BOTH)
    only_decider = u < ENGAGED["decider only"]
    only_user = ~only_decider & (u < ENGAGED["decider only"] + ENGAGED["user only"])
    others = rng.random_sample((len(deals), 3)) < ENGAGED["others"]
    present = np.column_stack([both | only_decider, both | only_user, others])
    # The fifth person, the gatekeeper, is missing in half of the accounts.
    present[~present[:, :4].any(axis=1), _PERSONS.index("influencer")] = True
    return present


def expected_roles() -> float:
    """Compute the mean number of roles engaged in a deal."""
    decider, user = (_BOTH + ENGAGED[f"{person} only"] for person in ("decider", "user"))
    other = ENGAGED["others"]
    # The approver is half the time the decider, half the buyer; the initiator likewise.
    mean = 1.5 * (decider + user) + 4 * other
    nobody = ENGAGED["neither"] * (1 - other) ** 2
    return mean + 1.5 * nobody


def roles_of(contacts: pd.DataFrame) -> list[str]:
    """Write each contact's true roles, separated by ';'."""
    flags = contacts[list(ROLES)].to_numpy(bool)
    names: Any = np.array(ROLES, dtype=object)
    return [";".join(names[row]) for row in flags]
