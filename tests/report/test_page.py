import nbformat
import pytest

from segkit.notebooks import NotebookError
from segkit.notebooks.chapters import cell
from segkit.notebooks.outputs import ANSWER
from segkit.report.page import page

PLOTLY = "application/vnd.plotly.v1+json"


def stream(text: str, name: str = "stdout"):
    return nbformat.v4.new_output("stream", name=name, text=text)


def answer(question: str = "M1", headline: str = "It is big.", **more) -> dict:
    summary = {
        "question": question,
        "phase": "market",
        "text": "How big?",
        "status": "answered",
        "headline": headline,
    }
    return {ANSWER: summary | more, "text/html": f"<p>{headline}</p>", "text/plain": headline}


def outputs(content) -> list:
    return [out for one in content.sections[0].cells for out in one.outputs]


def test_a_chapter_is_named_by_its_first_heading(chapter, markdown, code):
    book = [
        chapter(markdown("# Market: *how* big? #\n\nWords.\n\n## Then"), code("1")),
        chapter(code("1"), name="my notes"),
    ]
    first, second = page(book).sections
    assert (first.id, first.title) == ("chapter-1", "Market: how big?")
    assert "Words." in first.cells[0].prose
    assert "how" not in first.cells[0].prose
    assert [heading.text for heading in first.headings] == ["Then"]
    assert (second.id, second.title) == ("chapter-2", "my notes")


def test_parameters_do_not_enter_a_report(chapter):
    secret = cell("code", "source = 'postgresql://me:secret@host'", "cell-001", ["parameters"])
    assert page([chapter(secret)]).sections[0].cells == ()


def test_ids_of_headings_are_unique(chapter, markdown):
    twice = [chapter(markdown("## A\n\n## A"), markdown("## A")) for _ in range(2)]
    ids = [heading.id for section in page(twice).sections for heading in section.headings]
    assert len(ids) == len(set(ids)) == 6


def test_answers_are_grouped_by_phase_in_the_order_of_asking(chapter, code):
    told = [
        answer("U1", phase="user"),
        answer("M2", headline="Trends."),
        answer("M1"),
        answer("A5", phase="account", status="missing data", headline="Contracts are missing."),
        answer("X1", phase="space"),
    ]
    found = page([chapter(*[code("a", one) for one in told])]).answers
    assert {phase: [line.question for line in lines] for phase, lines in found.items()} == {
        "Market": ["M1", "M2"],
        "Accounts": ["A5"],
        "Users": ["U1"],
        "Other questions": ["X1"],
    }
    (line,) = found["Accounts"]
    assert (line.id, line.status, line.headline) == (
        "answer-4",
        "missing data",
        "Contracts are missing.",
    )


def test_a_later_answer_to_the_same_question_counts(chapter, code):
    book = [
        chapter(code("a", answer(headline="Old."))),
        chapter(code("a", answer(headline="New.")), name="b"),
    ]
    ((line,),) = page(book).answers.values()
    assert (line.id, line.headline) == ("answer-2", "New.")


def test_an_answer_stands_in_its_chapter_with_its_figure(chapter, code):
    both = answer() | {PLOTLY: {"data": [], "layout": {"title": {"text": "T"}}}}
    shown = outputs(page([chapter(code("a", both))]))
    assert [(out.kind, out.id) for out in shown] == [("answer", "answer-1"), ("figure", "")]
    assert shown[0].html == "<p>It is big.</p>"


def test_an_answer_without_html_shows_its_headline(chapter, code):
    bare = {ANSWER: answer(headline="<b>x")[ANSWER]}
    assert outputs(page([chapter(code("a", bare))]))[0].html == "&lt;b&gt;x"


@pytest.mark.parametrize(
    ("data", "kind"),
    [
        ({"text/html": "<b>a</b>", "text/plain": "a"}, "html"),
        ({"text/markdown": "*a*", "text/plain": "a"}, "html"),
        ({"image/png": "iVBOR\nw0K", "text/plain": "a"}, "image"),
        ({"text/latex": "$a$", "text/plain": "a"}, "text"),
        ({"text/plain": "a"}, "text"),
        ({PLOTLY: {"data": [], "layout": {}}, "text/html": "<b>a</b>"}, "figure"),
        ({"application/vnd.jupyter.widget-view+json": {}, "text/plain": "Figure()"}, "note"),
    ],
)
def test_the_richest_safe_form_is_shown(chapter, code, data, kind):
    (shown,) = outputs(page([chapter(code("a", data))]))
    assert shown.kind == kind


@pytest.mark.parametrize(
    "data",
    [
        {"application/javascript": "alert(1)", "text/plain": "<Javascript object>"},
        {"text/latex": "$a$"},
        {"image/svg+xml": "<svg onload='alert(1)'/>"},
        {"application/pdf": "JVBERi0="},
        {},
    ],
)
def test_other_forms_are_not_shown(chapter, code, data):
    assert outputs(page([chapter(code("a", data))])) == []


def test_images_are_nothing_but_their_bytes(chapter, code):
    image = {"image/png": 'iVBO"><script>\nRw0K', "text/plain": "a"}
    (shown,) = outputs(page([chapter(code("a", image))]))
    assert shown.source == "data:image/png;base64,iVBOscriptRw0K"


def test_what_was_printed_is_shown_and_warnings_stand_with_the_code(chapter, code):
    ran = code("a", stream("\x1b[31mred\x1b[0m"), stream("UserWarning: mind", "stderr"))
    (one,) = page([chapter(ran)]).sections[0].cells
    assert [(out.kind, out.text) for out in one.outputs] == [("text", "red")]
    assert (one.code, one.warnings) == ("a", "UserWarning: mind")


def test_a_notebook_with_an_error_is_refused(chapter, code):
    failed = nbformat.v4.new_output("error", ename="ValueError", evalue="no", traceback=[])
    with pytest.raises(NotebookError, match=r"01_market holds an error \(ValueError: no\)"):
        page([chapter(code("a", failed))])


def test_a_chapter_without_data_is_left_out_and_its_lines_lead_nowhere(chapter, code, markdown):
    lacking = answer("M1", status="missing data", headline="Facts are missing.")
    book = [
        chapter(code("1", lacking, stream("")), name="01_market"),
        chapter(code("1", answer("A5", phase="account")), name="03_lifetime_value"),
        chapter(code("1"), markdown("[Then](01_market.ipynb)"), name="00_start"),
    ]
    content = page(book)
    assert [section.id for section in content.sections] == ["chapter-2", "chapter-3"]
    assert content.answers["Market"][0].id == ""
    assert content.answers["Accounts"][0].id == "answer-1"
    assert content.sections[1].cells[1].prose == '<p><a rel="noopener noreferrer">Then</a></p>\n'


@pytest.mark.parametrize("status", ["no evidence", "not enough data"])
def test_a_chapter_that_says_why_there_is_no_number_stays(chapter, code, status):
    lines = page([chapter(code("1", answer(status=status)))])
    assert [section.id for section in lines.sections] == ["chapter-1"]
    assert lines.answers["Market"][0].status == status


@pytest.mark.parametrize("tag", ["interactive", "example"])
def test_controls_and_examples_and_their_words_are_left_out(tag, chapter, markdown, code):
    words, control = markdown("Move a slider."), code("what_if(base)")
    for one in (words, control):
        one.metadata["tags"] = [tag]
    content = page([chapter(markdown("# Value"), words, control, code("1"))])
    assert [cell.code for cell in content.sections[0].cells if cell.code] == ["1"]
    assert "slider" not in str(content.sections)
