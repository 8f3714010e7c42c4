import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from segkit.report.sanitise import clean_html, plain_title, prose

HOSTILE = [
    '<img src=x onerror="window.pwned=1">',
    "<script>window.pwned=1</script>",
    "</script><script>window.pwned=1</script>",
    "<svg onload=alert(1)><animate onbegin=alert(1)>",
    "<a href=javascript:alert(1)>x</a>",
    "<a href='jav&#x09;ascript:alert(1)'>x</a>",
    "<a href=data:text/html,<script>alert(1)</script>>x</a>",
    "<iframe srcdoc='<script>alert(1)</script>'></iframe>",
    "<form action=http://x><button formaction=javascript:alert(1)>x</button></form>",
    "<math><mtext><style><img src=x onerror=alert(1)></style></mtext></math>",
    "<table><tr><td><style>td{background:url(http://x)}</style>1</td></tr></table>",
    "<p style='background:url(http://x)' onclick=alert(1) id=main class='skip'>x</p>",
    "<details ontoggle=alert(1) open><summary>x</summary></details>",
    "<base href=http://x><link rel=stylesheet href=http://x><meta http-equiv=refresh content=0>",
    "<noscript><p title='</noscript><img src=x onerror=alert(1)>'>",
    "<!--><img src=x onerror=alert(1)>-->",
]
SAFE_TAG = re.compile(
    r"</?(a|b|br|code|del|details|div|em|h[3-6]|li|ol|p|pre|span|strong|summary|table|tbody|td|th"
    r"|thead|tr|ul|blockquote|hr)\b",
)
SAFE_ATTRIBUTES = re.compile(
    r'( (aria-label|class|colspan|href|id|rel|role|rowspan|scope|start|tabindex)="[^"<>]*")*'
)


def assert_harmless(html: str) -> None:
    for tag in re.findall(r"<[^>]*>?", html):
        start = SAFE_TAG.match(tag)
        assert start, tag
        assert SAFE_ATTRIBUTES.fullmatch(tag[start.end() : -1].rstrip(" /")), tag
        assert not re.search(r'href="(?!https?:|mailto:|#)', tag), tag


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_html_is_disarmed(text):
    assert_harmless(str(clean_html(text, {})))


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_markdown_is_shown_as_it_is_written(text):
    html = prose(text, {}).html
    assert_harmless(str(html))
    assert "&lt;" in html


@pytest.mark.parametrize(
    "text",
    [
        "[x](javascript:alert(1))",
        "[x](JaVaScRiPt:alert(1))",
        "[x](data:text/html;base64,PHNjcmlwdD4=)",
        "[x](file:///etc/passwd)",
        "[x]: javascript:alert(1)\n[x]",
        "<javascript:alert(1)>",
        "![x](http://x/y.png)",
        "![x](javascript:alert(1))",
    ],
)
def test_hostile_markdown_links_lead_nowhere(text):
    html = str(prose(text, {}).html)
    assert_harmless(html)
    assert "<img" not in html
    assert 'href="javascript' not in html.lower()


@given(st.text(st.sampled_from("<>&\"'`[]()!#*_|-\n ax:/=")))
def test_no_text_becomes_anything_but_the_allowed_tags(text):
    assert_harmless(str(prose(text, {}).html))
    assert_harmless(str(clean_html(text, {})))


def test_markdown_keeps_its_form():
    html = prose("## A\n\n*b* `c` **d**\n\n* e\n\n| x | y |\n|---|---|\n| a | 1 |\n", {}, "p").html
    for part in ('<h3 id="p-1">A</h3>', "<em>b</em>", "<code>c</code>", "<li>e</li>", "<td>a</td>"):
        assert part in html


def test_headings_go_below_the_title_and_are_listed():
    found = prose("# A *b*\n\n## C `d`\n\n###### E\n\nF\n===", {}, "p").headings
    assert [(heading.id, heading.level, heading.text) for heading in found] == [
        ("p-1", 3, "A b"),
        ("p-2", 3, "C d"),
        ("p-3", 6, "E"),
        ("p-4", 3, "F"),
    ]


def test_headings_of_outputs_have_no_ids():
    assert 'id="' not in prose("## A", {}).html


def test_links_to_notebooks_lead_into_the_report():
    links = {"01_market": "#chapter-2"}
    assert 'href="#chapter-2"' in prose("[x](01_market.ipynb)", links).html
    assert 'href="#chapter-2"' in prose("[x](../01_market.ipynb#any)", links).html
    assert "href" not in prose("[x](09_gone.ipynb)", links).html
    assert "href" not in prose("[x](my/table.csv)", links).html


def test_links_to_the_web_do_not_tell_where_they_come_from():
    html = prose("[x](https://example.org/a)", {}).html
    assert 'href="https://example.org/a" rel="noopener noreferrer"' in html


def test_only_own_classes_stay():
    html = clean_html('<div class="skip segkit-answer">x</div><p class="skip">y</p>', {})
    assert html == '<div class="segkit-answer">x</div><p>y</p>'


def test_titles_of_figures_are_words():
    assert plain_title("A &lt;b&gt;<br>c") == "A <b> c"
