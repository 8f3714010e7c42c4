"""No original name in any byte of anything that a masked report writes."""

import base64
import gzip
import json
import re
import stat
import zipfile
from html import unescape
from pathlib import Path

import pandas as pd
import pytest

from segkit.base import CustomerBase
from segkit.errors import SegkitError
from segkit.notebooks import NotebookError
from segkit.report import write
from segkit.report.masking import MaskKey, masked, refuse_names
from segkit.tables import CompanyTables

KEY = MaskKey(bytes(range(32)))
_PLOTLY = "application/vnd.plotly.v1+json"


def company() -> CustomerBase:
    tables = {
        "accounts": pd.DataFrame(
            {
                "account_id": ["A-17", "A-18"],
                "name": ["Acme Works", "Zoë & Söhne"],
                "segment": ["like Acme Works", "schools"],
                "note": ["call Jane Doe", "x"],
            }
        ),
        "partners": pd.DataFrame({"partner_id": ["P-1"], "name": ["Acme Works"]}),
        "contacts": pd.DataFrame(
            {
                "contact_id": ["C-1", "C-2"],
                "account_id": ["A-17", "A-18"],
                "name": ["Jane Doe", "Jim Roe"],
                "title": ["Friend of Jane Doe", "HR director"],
            }
        ),
        "orders": pd.DataFrame(
            {
                "account_id": ["A-17", "A-18", "A-99"],
                "date": ["2026-01-05", "2026-02-05", "soon jane@acme.example"],
                "amount": [10.0, 20.0, 30.0],
            }
        ),
        "opportunities": pd.DataFrame(
            {
                "opp_id": ["D-1", "D-2"],
                "outcome": ["won", "open"],
                "reason": ["asked jane@acme.example", "ACME WORKS again"],
            }
        ),
    }
    return CustomerBase.from_tables(tables, {"currency": "EUR"})


def all_text(base: CustomerBase) -> str:
    frames = [frame.to_csv() for frame in (*base.tables.values(), *base.set_aside.values())]
    return "\n".join([*frames, *map(str, base.faults), base.findings().to_csv()])


def test_the_same_name_has_the_same_pseudonym_everywhere():
    base, _ = masked(company(), KEY)
    assert base.accounts["account_id"].tolist() == base.contacts["account_id"].tolist()
    assert set(base.orders["account_id"]) <= set(base.accounts["account_id"])
    name = base.accounts["name"].iloc[0]
    assert base.partners["name"].tolist() == [name]
    assert base.accounts["segment"].tolist() == [f"like {name}", "schools"]
    assert base.opportunities["reason"].tolist() == ["asked (address)", f"{name} again"]
    assert base.opportunities["outcome"].tolist() == ["won", "open"]


def test_nothing_of_the_names_is_left_in_the_tables():
    found = all_text(masked(company(), KEY)[0]).casefold()
    for told in ("acme", "zoë", "söhne", "jane", "jim", "roe", "a-17", "c-1", "d-1", "p-1"):
        assert told not in found, told


def test_a_name_within_another_leaves_no_rest_of_the_longer_one():
    accounts = pd.DataFrame(
        {
            "account_id": ["1", "2"],
            "name": ["Acme", "Acme North"],
            "segment": ["like Acme North", "like Acme"],
        }
    )
    base, _ = masked(CustomerBase.from_tables({"accounts": accounts}), KEY)
    assert base.accounts["segment"].tolist() == [
        f"like {name}" for name in reversed(base.accounts["name"].tolist())
    ]


def test_a_title_that_four_bear_is_a_name_and_one_that_five_bear_is_none():
    contacts = pd.DataFrame(
        {"contact_id": range(9), "account_id": "A", "title": ["Ruler"] * 4 + ["Buyer"] * 5}
    )
    base, _ = masked(CustomerBase.from_tables({"contacts": contacts}), KEY)
    assert base.contacts["title"].dropna().tolist() == ["Buyer"] * 5


def test_the_ledger_does_not_quote_what_a_rule_keeps():
    accounts = pd.DataFrame(
        {"account_id": ["1", "2"], "Owner": ["Anna Smith", "x"], "name": ["Acme Works", "Beta"]}
    )
    keep = {"accounts": {"keep": {"Owner": ["Anna Smith", 'Al\'s "Own"']}}}
    base, _ = masked(CustomerBase.from_tables({"accounts": accounts}, {"tables": keep}), KEY)
    assert base.ledger["reasons"].tolist() == ["Owner is not (masked), (masked) 1"]


def test_a_key_decides_the_pseudonyms_and_no_key_is_like_another():
    first, again, other = (
        masked(company(), key)[0].accounts["name"].tolist()
        for key in (KEY, MaskKey(KEY.secret), MaskKey(bytes(32)))
    )
    assert first == again
    assert not set(first) & set(other)
    drawn = [masked(company(), MaskKey.at(None))[0].accounts["name"].tolist() for _ in range(2)]
    assert not set(drawn[0]) & set(drawn[1])


def test_the_key_file_leads_back_and_is_the_owners_alone(tmp_path):
    path = tmp_path / "safe" / "key.json"
    first, _ = masked(company(), MaskKey.at(path))
    kept = path.read_bytes()
    names = json.loads(kept)["names"]
    assert names[first.accounts["name"].iloc[0]] == "Acme Works"
    assert names[first.accounts["account_id"].iloc[0]] == "A-17"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    again, _ = masked(company(), MaskKey.at(path))
    pd.testing.assert_frame_equal(again.accounts, first.accounts)
    assert path.read_bytes() == kept


@pytest.mark.parametrize("content", ["", "{}", '{"key": "xyz"}', '{"key": "00"}', "[]", "\x00"])
def test_what_is_no_key_file_is_refused_and_not_overwritten(tmp_path, content):
    path = tmp_path / "key.json"
    path.write_text(content)
    with pytest.raises(SegkitError, match=r"key\.json"):
        MaskKey.at(path)
    assert path.read_text() == content


def test_words_of_a_notebook_that_tell_a_name_are_refused(chapter, markdown, code):
    _, names = masked(company(), KEY)
    with pytest.raises(NotebookError, match="01_market, cell 2: 'Acme Works'"):
        refuse_names([chapter(code("1"), markdown("As Acme Works says"))], names)
    refuse_names([chapter(code("1"), markdown("As AcmeWorkshop says"))], names)


@pytest.mark.parametrize("name", ['Acme "Works"', "Acme\\Works", "ACME works"])
def test_names_are_found_whatever_their_signs_and_case(name, chapter, markdown, code):
    with pytest.raises(NotebookError, match="01_market, cell 2"):
        refuse_names([chapter(code("1"), markdown(f"As {name.title()} says"))], [name])
    refuse_names([chapter(code("1"), markdown("As others say"))], [name, "Code", "Source"])


def test_names_in_outputs_are_found(chapter, code):
    book = chapter(code("1"))
    data = {"application/json": {"rows": [['jane "jd" doe', 3]], "mode": "lines"}}
    book.notebook.cells[0].outputs = [
        {"output_type": "display_data", "data": data, "metadata": {}},
    ]
    with pytest.raises(NotebookError, match="01_market, cell 1"):
        refuse_names([book], ['Jane "JD" Doe'])
    refuse_names([book], ["Mode", "Rows", "Display_data"])


ASKED = ("A5", "S5", "S8", "S10", "B1")


def originals(base: CustomerBase) -> set[str]:
    columns = [
        base[table][column].dropna().unique()
        for table, column in (
            ("accounts", "name"),
            ("accounts", "account_id"),
            ("contacts", "name"),
            ("partners", "name"),
            ("reps", "name"),
            ("opportunities", "opp_id"),
        )
    ]
    return {str(name) for values in columns for name in values}


def contents(path: Path) -> bytes:
    """All that a file holds, unpacked, without plotly.js."""
    if path.suffix == ".xlsx":
        with zipfile.ZipFile(path) as parts:
            return b"\n".join(parts.read(name) for name in parts.namelist())
    text = path.read_text("utf-8")
    packed = re.search(r'id="figures">([^<]*)<', text)
    drawn = gzip.decompress(base64.b64decode(packed[1])) if packed else b""
    # Escapes would hide a name from the search.
    drawn = json.dumps(json.loads(drawn or b"{}"), ensure_ascii=False).encode()
    return re.sub(r'id="(plotly|figures)">[^<]*<', "", text).encode() + drawn


@pytest.fixture(scope="module")
def written(tmp_path_factory, larkspur):
    from segkit.answers.content import WHOLE

    folder = tmp_path_factory.mktemp("masked")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv(WHOLE, "1")
        for name, base in (("plain", larkspur), ("masked", masked(larkspur, KEY)[0])):
            place = folder / name / "report.html"
            write([_asked(base)], place, excel=True, csv=True, sql=True, slides=True)
    return folder


def _asked(base: CustomerBase):
    import nbformat

    from segkit.notebooks import Chapter
    from segkit.notebooks.chapters import cell, notebook

    cells = []
    for question in ASKED:
        answer = base.ask(question)
        shown = [answer._repr_mimebundle_()]
        shown += [{_PLOTLY: json.loads(figure.to_json())} for figure in answer.figures()]
        shown.append({"text/html": answer.table.head(10).to_html()})
        one = cell("code", f"base.ask({question!r})", f"cell-{question}", [])
        one.outputs = [
            nbformat.v4.new_output("display_data", data=nbformat.from_dict(data)) for data in shown
        ]
        cells.append(one)
    return Chapter("02_accounts", notebook(cells))


def told_names(folder: Path, names: set[str]) -> dict[str, int]:
    """Count the names that stand in each file as whole words."""
    found = {}
    for path in sorted(folder.rglob("*.*")):
        if path.is_file():
            text = contents(path).decode("utf-8")
            found[path.name] = _count(text, names)
    return found


def _count(text: str, names: set[str]) -> int:
    """Count names in a text, up to a thousand: those whose every word is there come first."""
    plain = unescape(unescape(text)).replace("<br>", " ").replace("\N{NO-BREAK SPACE}", " ")
    words = set(re.findall(r"\w+", plain))
    possible = [name for name in sorted(names) if words.issuperset(re.findall(r"\w+", name))]
    return sum(name in plain for name in possible[:1000])


def test_no_name_is_in_any_byte_of_a_masked_report(written, larkspur):
    names = originals(larkspur)
    assert len(names) > 10_000
    plain, hidden = (told_names(written / name, names) for name in ("plain", "masked"))
    # The search finds names where they are: nearly every file of the plain report holds some.
    assert plain["report.html"] > 10
    assert plain["report.xlsx"] > 500
    assert plain["report-slides.html"] >= 1
    assert hidden.keys() == plain.keys()
    assert set(hidden.values()) == {0}, hidden


def test_a_masked_report_has_the_same_numbers(written):
    plain, hidden = (
        pd.read_csv(written / name / "report-csv" / "questions.csv") for name in ("plain", "masked")
    )
    for column in ("question", "status", "number", "low", "high", "unit"):
        pd.testing.assert_series_equal(plain[column], hidden[column])


def test_a_panel_and_its_decisions_are_told_without_their_people(larkspur):
    owners = larkspur["decisions"]["owner"].tolist()
    hidden, _ = masked(larkspur, KEY)
    decisions = hidden["decisions"]
    assert decisions["action"].tolist() == larkspur["decisions"]["action"].tolist()
    assert not set(decisions["owner"]) & set(owners)
    assert decisions["owner"].str.startswith("Person ").all()
    assert decisions[["reason", "dissent"]].isna().all(axis=None)
    judged = larkspur["conference_table"]
    words = ~judged["kind"].isin(["accounts", "ranking"])
    shown = hidden["conference_table"]
    assert (shown.loc[words, "item_a"] == judged.loc[words, "item_a"]).all()
    assert not set(shown.loc[~words, "item_a"]) & set(judged.loc[~words, "item_a"])
    decided = hidden.ask("S13")
    assert decided.estimate == larkspur.ask("S13").estimate
    assert not any(owner in decided.headline for owner in owners)
    assert hidden.ask("S8").estimate == pytest.approx(larkspur.ask("S8").estimate)


def test_short_names_are_hidden_where_they_stand_alone():
    accounts = {"account_id": ["1", "2", "3"], "name": ["SAP", "A", "3M"]}
    jobs = {
        "outcome": ["1", "2"],
        "statement": ["Do as SAP does, and 3M", "Let the sap rise: grade A"],
    }
    company = CompanyTables.from_tables(
        {"accounts": pd.DataFrame(accounts), "jobs": pd.DataFrame(jobs)}
    )
    hidden, names = masked(company, KEY)
    first, second = hidden["jobs"]["statement"]
    assert "SAP" not in first
    assert "3M" not in first
    assert first.count("Account ") == 2
    assert second == "Let the sap rise: grade A"
    assert names == ()
