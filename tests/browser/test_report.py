"""What readers see, on reports made without a kernel."""

import json
import re
from pathlib import Path

import nbformat
import pandas as pd
import plotly.graph_objects as go
import pytest
from markupsafe import Markup

from segkit.answers import MIME_TYPE
from segkit.charts import Picture, intervals, lines
from segkit.notebooks import Chapter
from segkit.notebooks.chapters import cell, notebook
from segkit.report import write

LEVELS = pd.DataFrame(
    {
        "level": ["TAM", "SAM"],
        "mean": [912.4, 310.2],
        "low": [700.0, 221.0],
        "high": [1190.0, 420.0],
    }
)
INDEX = pd.DataFrame({"k": range(2, 9), "strength": [0.95, 0.91, 0.93, 0.72, 0.6, 0.5, 0.44]})


def code(source: str, *bundles: dict):
    executed = cell("code", source, "cell-001", [])
    executed.outputs = [
        nbformat.v4.new_output("display_data", data=nbformat.from_dict(bundle))
        for bundle in bundles
    ]
    return executed


def prose(text: str):
    return cell("markdown", text, "cell-002", [])


def chapter(name: str, *cells) -> Chapter:
    return Chapter(name, notebook(cells))


def drawn(figure: go.Figure) -> dict:
    return {"application/vnd.plotly.v1+json": json.loads(figure.to_json())}


def tabled(table: pd.DataFrame) -> dict:
    return {"text/html": table.to_html(), "text/plain": str(table)}


def answered(headline: str, question: str = "M1", phase: str = "market") -> dict:
    summary = {"question": question, "phase": phase, "text": "How big is it?"}
    html = f'<div class="segkit-answer"><p><strong>{Markup.escape(headline)}</strong></p></div>'
    return {MIME_TYPE: summary | {"status": "answered", "headline": headline}, "text/html": html}


def market() -> go.Figure:
    draw = lambda table: intervals(  # noqa: E731 - a drawing as the callers write it
        table, name="level", estimate="mean", low="low", high="high", axis="USD M a year"
    )
    return Picture("Size of the market", "SAM is a third of TAM.", LEVELS, draw).figure()


def strength() -> go.Figure:
    draw = lambda table: lines(  # noqa: E731 - a drawing as the callers write it
        table, x="k", y=["strength"], x_axis="segments", y_axis="index", level=(0.8, "stable")
    )
    figure = Picture("Number of segments", "Four are stable.", INDEX, draw).figure()
    return figure.update_layout(xaxis_tickfont_color="#222222")


def compiled() -> go.Figure:
    words = {"finding": "Drawn by compiled shaders.", "table": {"columns": ["x"], "rows": [[1]]}}
    figure = go.Figure(go.Scattergl(x=[1, 2, 3], y=[3, 1, 2], mode="markers"))
    return figure.update_layout(title="WebGL", meta={"segkit": words})


@pytest.fixture(scope="module")
def report(tmp_path_factory) -> Path:
    book = [
        chapter(
            "00_start",
            prose("# Start\n\nGo on to [the market](01_market.ipynb).\n\n## Every row counts"),
            code("base.ledger", tabled(LEVELS)),
            code("print(1)", {"text/plain": "1"}),
        ),
        chapter(
            "01_market",
            prose("# Market: how big is it?\n\n*25 minutes.*\n\n## The answer\n\n> Mind.\n\n`a`"),
            code("answer", answered("The market is USD 310 M a year (90 %: 221 to 420).")),
            code("answer.figure()", drawn(market())),
            prose("## Why believe it\n\n" + "Because. " * 200),
            code("answer.figure(1)", drawn(strength())),
        ),
        chapter(
            "06_users",
            prose("# Users"),
            code("answer", answered("Four segments.", "U1", "user")),
            code("wide", tabled(pd.concat([LEVELS] * 6, axis=1))),
        ),
    ]
    path = tmp_path_factory.mktemp("report") / "report.html"
    return write(book, path, title="Segmentation report", subtitle="Larkspur HR")


@pytest.fixture(scope="module", params=["light", "dark"])
def opened(request, open_report, report):
    return open_report(report, scheme=request.param)


def test_a_report_is_quiet_and_complete(opened):
    opened.assert_charts_drawn()
    opened.assert_quiet()
    opened.assert_fits()


def test_axe_finds_nothing_severe(opened, axe):
    opened.page.locator("details").evaluate_all("all => all.forEach(one => one.open = true)")
    assert opened.severe_violations(axe) == []


def test_the_contents_lead_to_their_headings(opened):
    opened.assert_contents_work()


def test_answers_lead_to_their_chapters(opened):
    page = opened.page
    page.locator(".lines a", has_text="Four segments.").click()
    assert page.locator(":target").inner_text() == "Four segments."
    page.get_by_role("link", name="the market", exact=True).click()
    assert page.locator(":target").inner_text() == "Market: how big is it?"


def test_the_numbers_behind_a_chart_can_be_read(open_report, report):
    figure = open_report(report).page.get_by_role("group", name="Size of the market")
    assert "SAM is a third of TAM." in figure.inner_text()
    figure.locator("summary").click()
    assert figure.get_by_role("cell", name="310.2").is_visible()


def test_the_first_key_leads_past_the_contents(open_report, report):
    page = open_report(report).page
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.innerText") == "Skip to the answers"
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "main"


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_a_phone_shows_everything(open_report, report, axe, scheme):
    opened = open_report(report, scheme=scheme, width=380)
    opened.assert_charts_drawn()
    # A finger on a chart scrolls the page.
    assert opened.page.evaluate("document.querySelector('.plot').layout.dragmode") is False
    opened.assert_fits()
    opened.assert_contents_work()
    opened.assert_quiet()
    assert opened.severe_violations(axe) == []


# Of the page, and of an axis whose chart asks for another colour: kept on white only.
LIGHT_INK, DARK_INK = {"rgb(29, 36, 48)", "rgb(34, 34, 34)"}, {"rgb(231, 234, 239)"}


def inks(page) -> set[str]:
    return set(
        page.locator(".xtick text").evaluate_all(
            "all => all.map(one => getComputedStyle(one).fill)"
        )
    )


def test_charts_follow_the_colours_of_the_page(open_report, report):
    page = open_report(report).page
    assert inks(page) == LIGHT_INK
    page.emulate_media(color_scheme="dark")
    page.wait_for_timeout(300)
    assert inks(page) == DARK_INK


def test_charts_are_printed_on_white_and_not_cut_off(open_report, report):
    opened = open_report(report, scheme="dark")
    page = opened.page
    page.evaluate("dispatchEvent(new Event('beforeprint'))")
    assert inks(page) == LIGHT_INK
    widths = page.locator(".plot .main-svg:first-child").evaluate_all(
        "all => all.map(one => one.clientWidth)"
    )
    assert set(widths) == {680}
    page.evaluate("dispatchEvent(new Event('afterprint'))")
    assert inks(page) == DARK_INK
    assert page.pdf(format="A4").startswith(b"%PDF")
    opened.assert_quiet()


def test_pictures_of_charts_can_be_saved(open_report, report):
    opened = open_report(report)
    page = opened.page
    page.locator(".plot").first.hover()
    with page.expect_download() as download:
        page.locator("[data-title*='ownload']").first.click()
    assert download.value.suggested_filename.endswith(".png")
    opened.assert_quiet()


def test_no_button_sends_a_chart_anywhere(opened):
    buttons = opened.page.locator("[data-title]")
    titles = buttons.evaluate_all("all => all.map(one => one.dataset.title)")
    assert titles
    assert not [
        title for title in titles if re.search("share|cloud|edit|plotly", title, re.IGNORECASE)
    ]


def test_charts_that_compile_are_drawn(open_report, tmp_path):
    opened = open_report(write([chapter("gl", code("a", drawn(compiled())))], tmp_path / "a.html"))
    opened.assert_charts_drawn()
    opened.assert_quiet()


def test_slides_of_a_chart_move_offline(open_report, tmp_path):
    steps = [{"args": [[name]], "label": name, "method": "animate"} for name in ("one", "two")]
    figure = go.Figure(
        go.Bar(y=[1]),
        {"title": "Slides", "sliders": [{"steps": steps}]},
        frames=[go.Frame(data=[go.Bar(y=[n])], name=name) for n, name in ((1, "one"), (7, "two"))],
    )
    opened = open_report(write([chapter("a", code("a", drawn(figure)))], tmp_path / "a.html"))
    opened.page.locator(".slider-rail-touch-rect").click(position={"x": 600, "y": 10})
    opened.page.wait_for_timeout(1500)
    assert opened.page.evaluate("document.querySelector('.plot').data[0].y")[0] == 7
    opened.assert_quiet()


def test_an_old_browser_is_told_so(browser, report):
    page = browser.new_page()
    page.add_init_script("delete window.DecompressionStream")
    page.goto(report.as_uri())
    page.locator("html[data-charts=failed]").wait_for()
    assert set(page.locator(".plot").all_inner_texts()) == {
        "This chart needs a browser from 2023 or later."
    }
    page.close()


def hostile_book(names: tuple[str, ...]) -> list[Chapter]:
    """Foreign text in every place that a notebook can carry it to."""
    table = pd.DataFrame(dict.fromkeys(names[:3], names), index=names)
    meta = {"finding": " ".join(names), "table": {"columns": names, "rows": [names]}}
    raw = go.Figure(
        [
            go.Bar(x=list(names), y=list(range(len(names))), text=list(names), name=names[0]),
            go.Scatter(x=list(names), y=[3] * len(names), name=names[4], customdata=list(names)),
        ],
        {
            "title": " ".join(names),
            "meta": {"segkit": meta},
            "xaxis": {"title": names[0]},
            "annotations": [{"text": name, "x": 0, "y": 0} for name in names],
        },
    )
    cells = [
        prose("# " + names[0]),
        prose("\n\n".join([*names, *(f"## {name}" for name in names)])),
        prose("| a |\n|---|\n" + "\n".join(f"| {name} |" for name in names)),
        code("\n".join(f"# {name}" for name in names), tabled(table), drawn(raw)),
        code("1", {"text/html": " ".join(names)}, {"text/markdown": " ".join(names)}),
        code("2", {"text/plain": "\n".join(names)}),
        *(code("3", answered(name, f"X{n}{name}", name)) for n, name in enumerate(names)),
    ]
    return [chapter(names[0], *cells), chapter(names[1], *cells)]


@pytest.fixture
def hostile_report(tmp_path, hostile_names) -> Path:
    path = tmp_path / "a <img src=x onerror=window.pwned=1> & 'b'.html"
    return write(hostile_book(hostile_names), path, title=hostile_names[0], subtitle="x")


def assert_disarmed(opened) -> None:
    page = opened.page
    page.locator(".plot").first.hover()
    page.wait_for_timeout(300)
    opened.assert_quiet()
    assert page.locator("[onerror], [onload], iframe, object, embed, form, base").count() == 0
    links = page.locator("a").evaluate_all(
        "all => all.map(one => one.getAttribute('href') ?? one.getAttribute('xlink:href') ?? '')"
    )
    assert not [link for link in links if link.strip().lower().startswith(("javascript", "data"))]


def test_hostile_names_do_nothing_and_can_be_read(open_report, hostile_report, hostile_names):
    opened = open_report(hostile_report)
    assert_disarmed(opened)
    opened.assert_fits()
    headlines = opened.page.locator(".headline").all_text_contents()
    assert headlines == list(hostile_names)
    cells = opened.page.locator("td").all_text_contents()
    assert set(hostile_names) <= set(cells)


def test_hostile_names_do_nothing_even_without_the_policy(open_report, hostile_report):
    """Sanitiser and policy are two locks: each must hold alone."""
    text, removed = re.subn("<meta http-equiv=[^>]*>", "", hostile_report.read_text("utf-8"))
    assert removed == 1
    hostile_report.write_text(text, "utf-8")
    assert_disarmed(open_report(hostile_report))


UNCLEAN = """
<img src=x onerror="window.pwned=1"><script>window.pwned=2</script>
<img src="http://203.0.113.1/x.png"><link rel="stylesheet" href="http://203.0.113.1/x.css">
<iframe srcdoc="<script>parent.pwned=3</script>"></iframe>
<script src="data:text/javascript,window.pwned=4"></script>
<a id="bait" href="javascript:window.pwned=5">x</a>
<object data="data:text/html,<script>parent.pwned=6</script>"></object>
<form action="http://203.0.113.1/"><input name="a"><button id="send">x</button></form>
"""


def test_the_policy_holds_without_the_sanitiser(open_report, tmp_path, monkeypatch):
    monkeypatch.setattr("segkit.report.page.clean_html", lambda text, _: Markup(text))
    book = [chapter("a", code("1", {"text/html": UNCLEAN}), code("2", drawn(market())))]
    opened = open_report(write(book, tmp_path / "a.html"))
    page = opened.page
    page.evaluate(
        """async () => {
            document.querySelector("#bait").click();
            document.querySelector("#send").click();
            const inline = document.createElement("script");
            inline.textContent = "window.pwned = 7";
            const blob = document.createElement("script");
            blob.src = URL.createObjectURL(new Blob(["window.pwned = 8"]));
            document.body.append(inline, blob);
            await fetch("http://203.0.113.1/").catch(() => {});
            new Image().src = "http://203.0.113.1/y.png";
            await new Promise(done => setTimeout(done, 300));
        }"""
    )
    assert page.evaluate("window.pwned") is None
    assert opened.requests == []
    refused = " ".join(opened.faults)
    for directive in ("script-src", "default-src", "img-src", "form-action"):
        assert directive in refused, directive
    assert page.locator("html").get_attribute("data-charts") == "drawn"
