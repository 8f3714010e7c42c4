"""What a facilitator gets beside the notebooks."""

import re
from html import unescape

import pytest

from segkit.notebooks import NotebookError, read_lessons
from segkit.workshop import LeftOut, facilitator_pages, plan
from segkit.workshop.handout import cards_page, find_cards, handout_page
from segkit.workshop.run_sheet import agenda_page, run_sheet_page

CARDS = """\
## A table of six

Six people, **one** question.

| card | you speak for |
|---|---|
| Sales | the people who call |
| Chair | nobody |

1. **Draw** a card.
2. Rank
   alone.
"""


@pytest.fixture
def market(chapter, prose, code, answer, key):
    return chapter(
        prose("# Market: *how* big?\n\n*{minutes} minutes.* You can say\n\n* how big.", minutes=5),
        prose("## The answer", minutes=10),
        prose("(18 slack)\n\n**Ask first:** Guess.\n\n**Discuss:** Who was near?", "facilitator"),
        code(answer("M1", "The market is 310 M.")),
        prose("### Exercise M1.1 (5 minutes)\n\nWrite it into `part`.", "exercise"),
        code(labels=["exercise"]),
        code(key("M1.1", "0.6", [("0.4", "You divided `accounts`.")]), labels=["key"]),
        prose("## Take away\n\n* Bet on ranges.\n\n**On Monday:** call.", minutes=2),
    )


def text(html):
    return " ".join(re.sub(r"<style>.*?</style>|<[^>]+>", " ", html, flags=re.DOTALL).split())


def test_every_file_is_there_and_asks_for_nothing(market, chapter, prose):
    pages = facilitator_pages([market, chapter(prose("# A"), prose(CARDS), name="02_accounts")])
    assert set(pages) == {
        *("run_sheet.html", "handout.html", "emergency.html", "cards.html"),
        *("agenda_half_day.html", "agenda_one_day.html", "agenda_two_days.html"),
        *("handouts/01_market.html", "handouts/02_accounts.html"),
        *("solutions/01_market.html", "solutions/02_accounts.html"),
    }
    for page in pages.values():
        assert "default-src 'none'; script-src 'none';" in unescape(page)
        assert "<script" not in page
        assert not re.search(r"(src|href)=\"?(https?:)?//", page)


def test_two_runs_give_the_same_bytes(market):
    assert facilitator_pages([market], "C") == facilitator_pages([market], "C")


def test_the_run_sheet_says_what_to_ask_expect_and_answer(market):
    page = text(run_sheet_page(read_lessons([market])))
    order = ["0:05 10 min", "The answer", "Ask first Guess.", "They see M1 The market is 310 M."]
    order += ["Discuss Who was near?", "0:15 5 min", "Exercise M1.1", "Expected 0.6"]
    order += ["0.4 : You divided accounts .", "A nudge.", "0:20 2 min", "Slack", "Done by 0:40"]
    places = [page.index(words) for words in order]
    assert places == sorted(places)
    assert "about" not in page.partition("0:00")[2]


def test_estimated_minutes_are_marked(chapter, prose):
    lessons = read_lessons([chapter(prose("# M", minutes=3), prose("## A\n\nText."))])
    page = text(run_sheet_page(lessons))
    assert "0:00 3 min Opening" in page
    assert "0:03 about 2 min A" in page


def test_what_the_tables_do_not_answer_stands_on_the_run_sheet(market):
    gone = [LeftOut("02_accounts", "", "no data"), LeftOut("01_market", "M2.1", "no <trends>")]
    pages = facilitator_pages([market], left_out=gone)
    assert "Chapter 02_accounts : no data." in text(pages["run_sheet.html"])
    assert "Exercise M2.1 : no &lt;trends&gt;." in text(pages["run_sheet.html"])


def test_an_agenda_says_what_it_leaves_out_and_how_long_that_is(chapter, prose):
    lessons = read_lessons(
        [
            chapter(prose("# One", minutes=5), prose("## Long", minutes=120), name="01_one"),
            chapter(prose("# Two", minutes=5), prose("## Other", minutes=120), name="02_two"),
        ]
    )
    page = text(agenda_page(plan(lessons, "half day"), lessons))
    assert "1 of 2 chosen chapters, not all of it" in page
    assert "take 4 h 36 min with slack; half a day has room for 2 h 55 min" in page
    assert "Two , the whole chapter (138 minutes): the chapter as a whole does not fit." in page
    whole = text(agenda_page(plan(lessons, "one day"), lessons))
    assert "Left out" not in whole
    assert "Everything that the chosen chapters hold has its place." in whole


def test_minutes_that_stay_free_are_told(market):
    lessons = read_lessons([market])
    assert "stay free" in text(agenda_page(plan(lessons, "one day"), lessons))


def test_a_handout_holds_questions_take_aways_and_the_next_step(market):
    page = text(handout_page(read_lessons([market])))
    for words in ("M1 What about M1?", "Bet on ranges.", "On Monday: call.", "Notes"):
        assert words in page


def test_a_day_of_too_many_words_keeps_the_first_take_away_and_says_so(chapter, prose):
    bullets = "\n".join(f"* Point {n}. " + "Words upon words. " * 8 for n in range(6))
    book = [
        chapter(prose(f"# {n}"), prose(f"## Take away\n\n{bullets}"), name=f"{n:02d}_x")
        for n in range(9)
    ]
    page = text(handout_page(read_lessons(book)))
    assert page.count("Point 0.") == 9
    assert "Point 1." not in page
    assert "More to keep stands at the end of each chapter." in page


def test_cards_are_read_from_the_chapter(chapter, prose):
    cards = find_cards(read_lessons([chapter(prose("# A"), prose(CARDS, "exercise", minutes=30))]))
    assert cards.cards == (("Sales", "the people who call"), ("Chair", "nobody"))
    assert cards.steps == ("**Draw** a card.", "Rank alone.")
    page = text(cards_page(cards))
    assert "Six people, one question." in page
    assert "Draw a card." in page
    assert page.count("Chair") == 2


def test_without_a_table_of_cards_there_is_no_sheet(market):
    assert "cards.html" not in facilitator_pages([market])


def test_first_aid_holds_all_expected_answers(market):
    pages = facilitator_pages([market])
    assert "M1.1 0.6" in text(pages["emergency.html"])
    assert 'href="solutions/01_market.html"' in pages["emergency.html"]
    assert "The market is 310 M." in text(pages["solutions/01_market.html"])


def test_a_chapter_with_an_error_is_refused(chapter, prose, code):
    broken = code()
    broken.outputs = [{"output_type": "error", "ename": "KeyError", "evalue": "x", "traceback": []}]
    broken = type(broken)(broken)
    with pytest.raises(NotebookError, match="KeyError"):
        facilitator_pages([chapter(prose("# A"), broken)])
