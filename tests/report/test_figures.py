import gzip
import hashlib
import json

import plotly.graph_objects as go
import pytest

from segkit.charts import Picture
from segkit.report.figures import Figures, plotly_source


def spec(figure: go.Figure) -> dict:
    return json.loads(figure.to_json())


def bars(**layout) -> dict:
    return spec(go.Figure(go.Bar(x=["a", "b"], y=[1, 2]), layout))


def written(figures: Figures) -> dict:
    return json.loads(figures.to_json())


def test_words_stand_beside_the_figure_and_not_in_it():
    figures = Figures()
    words = {"finding": "Two is more.", "table": {"columns": ["x"], "rows": [["<b>"]]}}
    figure = figures.add(bars(title="Bars", meta={"segkit": words}, height=300))
    assert (figure.id, figure.title, figure.finding) == ("figure-0", "Bars", "Two is more.")
    assert (figure.height, figure.drawn) == (300, True)
    assert "<td>&lt;b&gt;</td>" in figure.table
    (drawn,) = written(figures)["figures"]
    assert drawn["layout"] == {"height": 300, "meta": {}}
    assert drawn["data"][0]["x"] == ["a", "b"]


def test_a_picture_brings_its_words():
    import pandas as pd

    table = pd.DataFrame({"level": ["a"], "value": [1.0]})
    picture = Picture("A <title>", "One.", table, lambda _: go.Figure(go.Bar(x=["a"], y=[1])))
    figure = Figures().add(spec(picture.figure()))
    assert (figure.title, figure.finding) == ("A <title>", "One.")
    assert "<td>a</td>" in figure.table


@pytest.mark.parametrize("meta", ["EUR", ["EUR"], {"unit": "EUR"}])
def test_other_meta_stay_with_the_figure(meta):
    figures = Figures()
    assert figures.add(bars(meta=meta)).table is None
    assert written(figures)["figures"][0]["layout"]["meta"] == meta


def test_a_figure_without_words_is_taken_too():
    figure = Figures().add({"data": [{"y": [1]}], "layout": {}})
    assert (figure.title, figure.finding, figure.table, figure.drawn) == ("", "", None, True)


def test_a_template_is_written_once():
    figures = Figures()
    for _ in range(3):
        figures.add(bars(template="plotly_white"))
    figures.add(bars(template="plotly_dark"))
    content = written(figures)
    assert len(content["templates"]) == 2
    assert [one["template"] for one in content["figures"]] == [0, 0, 0, 1]
    assert all("template" not in one["layout"] for one in content["figures"])


def test_frames_are_kept():
    figure = go.Figure(go.Bar(y=[1]), frames=[go.Frame(data=[go.Bar(y=[2])], name="two")])
    figures = Figures()
    figures.add(spec(figure))
    assert written(figures)["figures"][0]["frames"][0]["name"] == "two"


def test_numbers_that_json_does_not_know_become_null():
    figures = Figures()
    figures.add({"data": [{"y": [1.0, float("nan"), float("inf")]}], "layout": {}})
    assert written(figures)["figures"][0]["data"][0]["y"] == [1.0, None, None]


@pytest.mark.parametrize("kind", ["scattergl", "parcoords", "splom", "scatterpolargl"])
def test_figures_that_compile_are_known(kind):
    figures = Figures()
    figures.add({"data": [{"type": "bar"}], "layout": {}})
    assert not figures.compiled
    figures.add({"data": [{"type": kind}], "layout": {}})
    assert figures.compiled


def test_maps_that_fetch_their_outlines_are_not_drawn():
    figures = Figures()
    figure = figures.add({"data": [{"type": "choropleth"}], "layout": {"title": {"text": "Map"}}})
    assert (figure.title, figure.drawn) == ("Map", False)
    assert not figures


def test_plotly_comes_from_the_installed_package_and_compresses_well():
    source = plotly_source()
    assert source.lstrip().startswith(b"/**\n* plotly.js")
    assert len(gzip.compress(source)) * 4 / 3 < 2.2e6
    assert hashlib.sha256(source).digest()
