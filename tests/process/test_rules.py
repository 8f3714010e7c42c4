"""The rule table: titles as people write them, recorded words, faults of own tables."""

from importlib.resources import files

import pytest
from hypothesis import given
from hypothesis import strategies as st

from segkit.errors import SettingsError
from segkit.process import ROLES, role_rules

RULES = role_rules()


@pytest.mark.parametrize(
    ("title", "roles"),
    [
        # Who does what: Webster & Wind 1972; Kotler & Keller, Marketing Management.
        ("Purchasing Agent", ("buyer", "gatekeeper")),
        ("Head of IT Procurement", ("buyer", "gatekeeper")),
        ("Receptionist", ("gatekeeper",)),
        ("Executive Assistant to the President", ("gatekeeper",)),
        ("Assistant to the Superintendent", ("gatekeeper",)),
        ("General Counsel", ("gatekeeper",)),
        ("Chief Financial Officer", ("decider", "approver")),
        ("President & CEO", ("decider", "approver")),
        ("Superintendent", ("decider", "approver")),
        ("Chair of the Board of Trustees", ("initiator", "influencer")),
        ("Board Member", ("decider", "approver")),
        ("General Manager", ("decider", "approver")),
        ("Finance Manager", ("approver",)),
        ("Staff Accountant", ("influencer",)),
        ("Chief Information Officer", ("influencer", "gatekeeper")),
        ("Information Security Analyst", ("influencer", "gatekeeper")),
        ("HRIS Analyst", ("influencer",)),
        ("Director of Human Resources", ("decider",)),
        ("Assistant Director, Human Resources", ("initiator", "influencer")),
        ("Payroll Supervisor", ("initiator", "user")),
        ("Payroll Clerk", ("user",)),
        ("Associate Professor", ("user",)),
        ("Vice President of Marketing", ("decider",)),
    ],
)
def test_titles_of_the_textbook(title, roles):
    assert RULES.classify(title) == roles


@pytest.mark.parametrize(
    "spelling",
    ["SVP, Human Resources", "S.V.P. HR", "Sr. Vice-President - HR", "senior vice president hr"],
)
def test_spellings_do_not_matter(spelling):
    assert RULES.classify(spelling) == ("decider",)


@pytest.mark.parametrize(
    ("short", "long"),
    [
        ("CFO", "Chief Financial Officer"),
        ("CHRO", "Chief Human Resources Officer"),
        ("Dir. of HR", "Director of Human Resources"),
        ("Asst. Supt.", "Assistant Superintendent"),
        ("Sr. Mgr., Mktg", "Senior Manager, Marketing"),
        ("V.P. Ops", "Vice President Operations"),
    ],
)
def test_abbreviations_are_written_out(short, long):
    assert RULES.plain(short) == RULES.plain(long).replace(" of ", " of ")
    assert RULES.classify(short) == RULES.classify(long) != ()


@pytest.mark.parametrize("title", ["", "Wizard", "Director", "Manager", "HR", None, "東京", "...."])
def test_titles_that_tell_nothing_give_no_role(title):
    assert RULES.classify(title) == ()


def test_department_and_level_fill_what_the_title_leaves_out():
    assert RULES.classify("Director", function="HR") == ("decider",)
    assert RULES.classify("Human Resources", seniority="C-level") == ("decider",)
    assert RULES.classify(None, "Payroll", "staff") == ("user",)
    # The title is finer than the band it was filed under.
    assert RULES.classify("Assistant Director of HR", seniority="director") == (
        "initiator",
        "influencer",
    )


@given(st.text(max_size=80))
def test_any_text_is_read_the_same_in_any_case(text):
    roles = RULES.classify(text)
    assert set(roles) <= set(ROLES)
    assert RULES.classify(f"  {text}  ") == roles
    RULES.recorded(text)


@given(st.sampled_from([word for words in RULES.levels.values() for word in words]),
       st.sampled_from([word for words in RULES.functions.values() for word in words]))  # fmt: skip
def test_every_level_with_every_function_is_decided_by_some_rule(level, function):
    assert RULES.classify(f"{level} x {function}") != ()


@pytest.mark.parametrize(
    ("text", "roles", "unknown"),
    [
        ("Economic Buyer; Champion", ("influencer", "decider"), ()),
        ("decider", ("decider",), ()),
        ("DECISION-MAKER / End User", ("user", "decider"), ()),
        ("user;approver;user", ("user", "approver"), ()),
        ("Technical Buyer, Guru", ("gatekeeper",), ("Guru",)),
        ("; ,", (), ()),
        ("", (), ()),
        (None, (), ()),
    ],
)
def test_recorded_words_are_put_in_order(text, roles, unknown):
    assert RULES.recorded(text) == (roles, unknown)


def test_pick_lists_of_common_crms_are_understood():
    # Opportunity contact roles of Salesforce and buying roles of HubSpot, as shipped.
    salesforce = (
        "Business User; Decision Maker; Economic Buyer; Economic Decision Maker; Evaluator",
        "Executive Sponsor; Influencer; Technical Buyer",
    )
    hubspot = (
        "Blocker; Budget Holder; Champion; Decision Maker; End User; Executive Sponsor",
        "Influencer; Legal & Compliance",
    )
    for text in (*salesforce, *hubspot):
        assert RULES.recorded(text)[1] == ()


def shipped():
    return files("segkit.process").joinpath("roles.toml").read_text(encoding="utf-8")


def test_an_own_table_is_followed(tmp_path):
    path = tmp_path / "roles.toml"
    own = shipped().replace('roles = ["gatekeeper"]', 'roles = ["influencer"]')
    path.write_text(own.replace('ceo = "', 'boss = "chief executive officer"\nceo = "'), "utf-8")
    rules = role_rules(path)
    assert rules.classify("Receptionist") == ("influencer",)
    assert rules.classify("Boss") == ("decider", "approver")


def test_all_faults_of_an_own_table_are_named(tmp_path):
    path = tmp_path / "roles.toml"
    text = shipped()
    text = text.replace('roles = ["user"]', 'roles = ["usr"]')
    text = text.replace('functions = ["legal"]', 'functions = ["legl"]')
    text = text.replace('levels = ["supervisor"]', 'level = ["supervisor"]')
    text = text.replace("\ninitiator = [", "\ninitiater = [")
    path.write_text(text, "utf-8")
    with pytest.raises(SettingsError) as fault:
        role_rules(path)
    words = str(fault.value)
    for expected in (
        "roles has no 'usr'. Did you mean 'user'?",
        "functions has no 'legl'. Did you mean 'legal'?",
        "unknown key 'level'. Did you mean 'levels'?",
        "synonyms: 'initiater' is no role. Did you mean 'initiator'?",
    ):
        assert expected in words
    assert len(fault.value.faults) == 4


def test_missing_sections_and_broken_files_are_named(tmp_path):
    path = tmp_path / "roles.toml"
    path.write_text("[level]\n", "utf-8")
    with pytest.raises(SettingsError, match=r"section \[levels\] is missing") as fault:
        role_rules(path)
    assert "unknown section 'level'" in str(fault.value)
    path.write_text("[levels", "utf-8")
    with pytest.raises(SettingsError, match="is no TOML"):
        role_rules(path)
    with pytest.raises(SettingsError, match="cannot be read"):
        role_rules(tmp_path / "missing.toml")


def test_a_rule_without_roles_is_named(tmp_path):
    path = tmp_path / "roles.toml"
    path.write_text(shipped().replace('roles = ["user"]', ""), "utf-8")
    with pytest.raises(SettingsError, match="gives no roles"):
        role_rules(path)
