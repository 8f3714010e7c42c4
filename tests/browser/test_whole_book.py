"""The whole way, from a company's files with hostile names to the report in a browser."""

from itertools import cycle

import pytest

from segkit.report import build
from segkit.samples import make_case

TAG = '<img src=x onerror="window.pwned=1">'


@pytest.fixture(scope="module")
def book(tmp_path_factory, hostile_names):
    folder = tmp_path_factory.mktemp("hostile") / "company"
    folder.mkdir()
    tables = make_case(7, 0.2).tables
    segments = {"community colleges": TAG, "school systems": '=HYPERLINK("http://x.example","y")'}
    for name in ("accounts", "users", "market_facts"):
        tables[name]["segment"] = tables[name]["segment"].replace(segments)
    for name, column in (("accounts", "name"), ("contacts", "title"), ("users", "job_title")):
        rows = len(tables[name])
        names = [each for each, _ in zip(cycle(hostile_names), range(rows), strict=False)]
        # Every third: what remains must still be answered.
        tables[name][column] = tables[name][column].where(tables[name].index % 3 > 0, names)
    wanted = ("market_facts", "market_history", "accounts", "partners", "contracts", "invoices")
    for name in (*wanted, "opportunities", "contacts", "opp_contacts", "users"):
        tables[name].to_csv(folder / f"{name}.csv", index=False)
    (folder / "segkit.toml").write_text(
        "company = '" + TAG.replace("'", "") + '\'\ncurrency = "USD"\nas_of = 2026-06-30\n'
    )
    return build(folder, tmp_path_factory.mktemp("report") / "book.html")


@pytest.mark.parametrize(("scheme", "width"), [("light", 1280), ("dark", 380)])
def test_the_book_is_quiet_complete_and_accessible(open_report, axe, book, scheme, width):
    opened = open_report(book, scheme=scheme, width=width)
    opened.assert_quiet()
    opened.assert_charts_drawn()
    opened.assert_fits()
    # Start shows tables only; every other chapter that has an answer shows a figure.
    assert opened.page.locator("section:has(figure[role=group])").count() >= 5
    assert opened.severe_violations(axe) == []


def test_the_contents_of_the_book_lead_to_their_headings(open_report, book):
    open_report(book).assert_contents_work()


def test_hostile_names_stand_in_the_book_as_they_were_written(open_report, book):
    opened = open_report(book)
    text = opened.page.locator("main").inner_text()
    labels = opened.page.locator(".plot").all_inner_texts()
    assert TAG in text
    assert any("<img" in label for label in labels)
    assert opened.page.locator("main img").count() == 0
    opened.assert_quiet()


def test_the_book_is_small(book):
    assert book.stat().st_size <= 3_000_000
