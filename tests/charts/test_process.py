import pandas as pd

from segkit.charts import process_map

HOSTILE = '<img src=x onerror="window.pwned=1">'
NAN = float("nan")
ROWS = pd.DataFrame(
    {
        "stage": [HOSTILE, "offer", "won"],
        "entered": [1000, 600, 300],
        "on": [600, 300, NAN],
        "out": [390, 200, NAN],
        "open": [10, 100, NAN],
        "share": [0.606, 0.6, NAN],
        "days": [30.0, NAN, NAN],
        "back": [0.0, 0.125, NAN],
        "to": ["", HOSTILE, ""],
    }
)


def drawn(rows=ROWS):
    return process_map(
        rows, stage="stage", entered="entered", advanced="on", lost="out", waiting="open",
        conversion="share", days="days", back="back", back_to="to", axis="deals",
    )  # fmt: skip


def words(figure):
    return [note.text for note in figure.layout.annotations if note.text]


def test_foreign_text_is_shown_not_read():
    assert "<img" not in drawn().to_json()


def test_bars_hold_what_became_of_each_stage():
    on, out, still, won = drawn().data
    assert (on.y, out.y, still.y, won.y) == ((600, 300), (390, 200), (10, 100), (300,))
    assert won.x == (2,)
    # A part too low for its number keeps it for pointing.
    assert still.text == ("", "100")


def test_arrows_say_what_goes_on_and_what_steps_back():
    figure = drawn()
    assert {"61%", "60%", "12%"} <= set(words(figure))
    assert {"<b>1,000</b>", "<b>600</b>"} <= set(words(figure))
    arrows = [note for note in figure.layout.annotations if note.showarrow]
    assert [arrow.x < arrow.ax for arrow in arrows] == [False, False, True]


def test_days_stand_beneath_the_names_where_they_are_known():
    first, second, _ = drawn().layout.xaxis.ticktext
    assert first.endswith("<br>30 days")
    assert second == "offer"


def test_stages_nobody_has_left_draw():
    rows = ROWS.assign(share=NAN, on=0, out=0, back=0.0)
    assert not [note for note in drawn(rows).layout.annotations if note.showarrow]


def stages(*names):
    """As many rows as stages, the last one the end."""
    rows = pd.concat([ROWS.iloc[[1]]] * (len(names) - 1) + [ROWS.iloc[[2]]], ignore_index=True)
    days = [30.0] * (len(names) - 1) + [NAN]
    return drawn(rows.assign(stage=names, days=days, to="", back=0.0)).layout.xaxis


def test_names_that_would_touch_on_a_telephone_stand_on_two_levels():
    apart = stages("discovery", "demo", "proposal", "negotiation", "won").ticktext
    assert apart[0] == "discovery<br>30 days"
    assert apart[1] == "<br><br>demo<br>30 days"
    assert stages("lead", "demo", "won").ticktext[1] == "demo<br>30 days"


def test_many_stages_have_upright_names_of_one_line():
    axis = stages(*(f"stage number {n}" for n in range(8)), "won")
    assert axis.tickangle == -90
    assert axis.ticktext[3] == "stage number 3: 30 days"
