import json

import pytest

from segkit.charts.theme import PALETTE
from segkit.errors import SettingsError
from segkit.report import write
from segkit.report.brand import read_brand
from segkit.report.contrast import contrast

PNG = b"\x89PNG\r\n\x1a\n" + bytes(20)
SVG = b'<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"><script>alert(1)</script></svg>'


def brand(tmp_path, text: str, name: str = "brand.toml"):
    path = tmp_path / name
    path.write_text(text, encoding="utf-8")
    return path


def faults(path) -> str:
    with pytest.raises(SettingsError) as found:
        read_brand(path)
    return str(found.value)


def test_a_colour_that_cannot_be_read_is_refused_with_the_nearest_that_can(tmp_path):
    said = faults(brand(tmp_path, 'accent = "#8ab6f5"\naccent_dark = "#102030"'))
    assert "accent '#8ab6f5' on '#ffffff' has a contrast of 2.08:1; 4.5:1 is needed" in said
    assert "accent_dark '#102030' on '#14181f'" in said
    better = said.split("The nearest colour that passes is '")[1][:7]
    assert contrast(better, "#ffffff") >= 4.5
    read_brand(brand(tmp_path, f'accent = "{better}"'))


def test_colours_of_charts_must_be_seen_on_both_pages(tmp_path):
    said = faults(brand(tmp_path, 'charts = ["#1a1a1a", "#eeeeee", "#2f6fd0"]'))
    assert "charts '#1a1a1a' on '#14181f'" in said
    assert "charts '#eeeeee' on '#ffffff'" in said
    assert "#2f6fd0" not in said


def test_all_faults_are_told_at_once(tmp_path):
    said = faults(brand(tmp_path, 'acent = "#000000"\naccent = "blue"\nname = 7\ncharts = "red"'))
    assert "unknown key 'acent'. Did you mean 'accent'?" in said
    for part in ("accent must be a colour", "name must be text", "charts must be a list"):
        assert part in said


def test_the_same_colour_twice_is_refused(tmp_path):
    assert "twice" in faults(brand(tmp_path, 'charts = ["#2f6fd0", "#2F6FD0"]'))


@pytest.mark.parametrize(
    ("name", "text"), [("b.toml", "accent = "), ("b.json", "{"), ("c.json", "[]")]
)
def test_what_is_no_brand_file_is_said(tmp_path, name, text):
    assert name in faults(brand(tmp_path, text, name))
    assert "cannot be read" in faults(tmp_path / "nowhere.toml")


def test_a_logo_is_an_image_and_nothing_else(tmp_path, chapter, code):
    (tmp_path / "logo.svg").write_bytes(SVG)
    path = brand(tmp_path, json.dumps({"logo": "logo.svg", "name": '"><script>'}), "brand.json")
    text = write([chapter(code("1"))], tmp_path / "a.html", brand=path).read_text("utf-8")
    assert '<img class="logo" src="data:image/svg+xml;base64,' in text
    assert 'alt="&#34;&gt;&lt;script&gt;"' in text
    assert "onload" not in text
    (tmp_path / "logo.png").write_bytes(PNG)
    assert read_brand(brand(tmp_path, 'logo = "logo.png"')).logo.startswith("data:image/png;")


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"GIF89a", "neither a PNG nor an SVG"),
        (b"<html/>", "neither a PNG nor an SVG"),
        (b'<!DOCTYPE svg [<!ENTITY a "b">]><svg>&a;</svg>', "neither a PNG nor an SVG"),
        (PNG + bytes(200_000), "at most 200,000"),
    ],
)
def test_other_logos_are_refused(tmp_path, content, said):
    (tmp_path / "logo.x").write_bytes(content)
    assert said in faults(brand(tmp_path, 'logo = "logo.x"'))


def test_charts_take_the_colours_of_the_brand_all_at_once():
    from segkit.report.figures import Figures

    swapped = {PALETTE[0]: PALETTE[1], PALETTE[1]: PALETTE[0]}
    figures = Figures(swapped)
    line = {"color": PALETTE[0]}
    figures.add({"data": [{"line": line, "fillcolor": "rgba(194,87,12,0.5)"}], "layout": {}})
    text = figures.to_json().decode()
    assert f'"color":"{PALETTE[1]}"' in text
    assert "rgba(47,111,208,0.5)" in text
