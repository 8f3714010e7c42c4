"""A facilitator's pages in a real browser: on a phone, in print, and with hostile names."""

import re

import nbformat
import pytest

from segkit.answers.content import MIME_TYPE as ANSWER
from segkit.notebooks import Chapter, read_lessons
from segkit.notebooks.chapters import cell, notebook
from segkit.notebooks.names import KEY
from segkit.workshop import LeftOut, facilitator_pages
from segkit.workshop.handout import handout_page

MM = 96 / 25.4
QUESTIONS = ("M1", "M2", "M3", "M4", "M5", "M6", "M7", "S6")


def shown(*bundles, labels=()):
    made = cell("code", "show", "cell-002", list(labels))
    made.outputs = [
        nbformat.v4.new_output("display_data", data=nbformat.from_dict(bundle))
        for bundle in bundles
    ]
    return made


def prose(source, *labels, minutes=None):
    made = cell("markdown", source, "cell-001", list(labels))
    if minutes is not None:
        made.metadata["minutes"] = minutes
    return made


def answered(question, headline):
    told = {"question": question, "text": f"What of {headline}?", "phase": "market"}
    return {ANSWER: told | {"status": "answered", "headline": headline}, "text/plain": headline}


def keyed(exercise, expected, wrong):
    told = {"exercise": exercise, "expected": expected, "hints": [f"Look at {wrong}."] * 3}
    told |= {"mistakes": [{"value": wrong, "meaning": f"You took {wrong}."}], "dropped": []}
    return {KEY: told, "text/plain": expected}


def hostile_chapter(names):
    cells = [prose("# Market\n\n*60 minutes.*\n\n* Say how big.", minutes=4)]
    for number, name in enumerate(names, start=1):
        task = f"### Exercise M1.{number} (5 minutes)\n\nWhich `one`?"
        cells += [
            prose(f"## Part {number}", minutes=9),
            prose("**Ask first:** Which?\n\n**Discuss:** Why?", "facilitator"),
            shown(answered(QUESTIONS[number % 8], name)),
            prose(task, "exercise"),
            shown(keyed(f"M1.{number}", name, name), labels=["key"]),
        ]
    table = "| card | you speak for |\n|---|---|\n" + "| Sales | the people |\n" * 6
    cells.append(prose(f"## A table of six\n\nRank.\n\n{table}\n1. Draw.", "exercise", minutes=30))
    cells.append(prose("## Take away\n\n* Bet.\n* Ask.\n\n**On Monday:** call.", minutes=2))
    return Chapter("01_market", notebook(cells))


@pytest.fixture(scope="module")
def folder(tmp_path_factory, hostile_names):
    home = tmp_path_factory.mktemp("facilitator")
    company = " ".join(hostile_names)
    gone = [LeftOut(name, name, name) for name in hostile_names]
    pages = facilitator_pages([hostile_chapter(hostile_names)], company, left_out=gone)
    for name, text in pages.items():
        (home / name).parent.mkdir(exist_ok=True)
        (home / name).write_text(text, encoding="utf-8")
    return home


# One of each kind; a solution is a report, and looked at as such elsewhere.
KINDS = ("run_sheet", "agenda_half_day", "handout", "emergency", "cards")


@pytest.mark.parametrize(("scheme", "width"), [("light", 1200), ("dark", 380)])
def test_pages_are_quiet_fit_and_can_be_read_by_all(folder, open_report, axe, scheme, width):
    for kind in KINDS:
        opened = open_report(folder / f"{kind}.html", scheme=scheme, width=width)
        opened.assert_quiet()
        opened.assert_fits()
        assert opened.severe_violations(axe) == [], kind
        opened.page.close()


def test_a_solution_opens_on_a_phone_and_is_quiet(folder, open_report):
    opened = open_report(folder / "solutions" / "01_market.html", width=380)
    opened.assert_quiet()
    opened.assert_fits()


def test_hostile_names_are_shown_letter_by_letter(folder, open_report, hostile_names):
    def seen(text):
        return " ".join(re.sub(r"[\x00-\x1f\u2028]", " ", text).split())

    sheet = seen(open_report(folder / "run_sheet.html").page.inner_text("main"))
    answers = seen(open_report(folder / "emergency.html").page.inner_text("main"))
    for name in hostile_names:
        # Backticks in hints mark code; in values they are letters.
        assert sheet.count(seen(name)) >= 4, name
        assert seen(name) in answers, name


def printed(opened):
    """Count the pages of the PDF, and measure the room for notes in millimetres."""
    pdf = opened.page.pdf(prefer_css_page_size=True)
    opened.page.emulate_media(media="print")
    opened.page.set_viewport_size({"width": round(184 * MM), "height": round(273 * MM)})
    notes = opened.page.locator(".lines").bounding_box()["height"] / MM
    return len(re.findall(rb"/Type\s*/Page\b", pdf)), notes


def test_handouts_of_a_hostile_company_print_on_one_page(folder, open_report):
    for path in (folder / "handout.html", folder / "handouts" / "01_market.html"):
        pages, notes = printed(open_report(path))
        assert (pages, notes > 15) == (1, True)


@pytest.mark.parametrize("chapters", [1, 7, 14])
@pytest.mark.parametrize(("points", "length"), [(3, 90), (6, 200)])
def test_a_handout_fills_one_page_and_leaves_room(open_report, tmp_path, chapters, points, length):
    """From one chapter of few words to fourteen of many."""
    words = ("Lorem ipsum dolor sit amet, consectetur " * 9)[:length]
    bullets = "\n".join(f"* {words}" for _ in range(points))
    cells = [prose("# What stands at the top of a chapter, and how long is it?")]
    cells += [shown(answered(name, "a usual question, put in words")) for name in QUESTIONS]
    cells += [prose(f"## Take away\n\n{bullets}\n\n**On Monday:** {words}")]
    book = [Chapter(f"{number:02d}_x", notebook(cells)) for number in range(chapters)]
    path = tmp_path / "handout.html"
    path.write_text(handout_page(read_lessons(book), "Larkspur HR"), encoding="utf-8")
    pages, notes = printed(open_report(path))
    assert pages == 1
    assert notes > 15


def test_cards_print_six_to_a_page(folder, open_report):
    pdf = open_report(folder / "cards.html").page.pdf(prefer_css_page_size=True)
    assert len(re.findall(rb"/Type\s*/Page\b", pdf)) == 3
