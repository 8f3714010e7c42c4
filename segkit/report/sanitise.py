"""Foreign text made safe: Markdown and HTML pass through one explicit list of what may stay."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from html import unescape
from pathlib import PurePosixPath

import nh3
from markdown_it import MarkdownIt
from markdown_it.token import Token
from markupsafe import Markup

from segkit.report.tables import finish_tables

__all__ = ["Heading", "Prose", "clean_html", "plain_title", "prose", "words"]

_TAGS = {
    *("a", "abbr", "b", "blockquote", "br", "caption", "code", "dd", "del", "details", "div"),
    *("dl", "dt", "em", "h3", "h4", "h5", "h6", "hr", "i", "li", "ol", "p", "pre", "s", "small"),
    *("span", "strong", "sub", "summary", "sup", "table", "tbody", "td", "tfoot", "th", "thead"),
    *("tr", "u", "ul"),
}
_ATTRIBUTES = {
    "*": {"class"},
    "a": {"href"},
    "ol": {"start"},
    "td": {"colspan", "rowspan"},
    "th": {"colspan", "rowspan", "scope"},
}
_HEADINGS = {f"h{level}": {"id"} for level in range(3, 7)}
_SCHEMES = {"http", "https", "mailto"}
_OWN_CLASS = re.compile(r"segkit-[a-z-]+")
_PARSER = MarkdownIt("commonmark", {"html": False}).enable("table").disable("image")


@dataclass(frozen=True, slots=True)
class Heading:
    """A heading of a chapter, as the table of contents names it."""

    id: str
    level: int
    text: str


@dataclass(frozen=True, slots=True)
class Prose:
    """Markdown turned into safe HTML, and its headings."""

    html: Markup
    headings: tuple[Heading, ...]


def prose(text: str, links: Mapping[str, str], prefix: str = "") -> Prose:
    """Turn Markdown into safe HTML; headings go below that of the chapter and get ids.

    Parameters
    ----------
    text
        The Markdown; HTML within it is shown as it is written.
    links
        Where links to other notebooks lead, by name of the notebook.
    prefix
        What the ids of headings begin with; without it they have none.
    """
    tokens = _PARSER.parse(text)
    headings: list[Heading] = []
    for position, token in enumerate(tokens):
        if token.type not in {"heading_open", "heading_close"}:
            continue
        level = min(max(int(token.tag[1]) + 1, 3), 6)
        token.tag = f"h{level}"
        if token.nesting == 1:
            heading = Heading(f"{prefix}-{len(headings) + 1}", level, _words(tokens[position + 1]))
            token.attrSet("id", heading.id)
            headings.append(heading)
    rendered = _PARSER.renderer.render(tokens, _PARSER.options, {})
    attributes = _ATTRIBUTES | _HEADINGS if prefix else _ATTRIBUTES
    return Prose(_clean(rendered, attributes, links), tuple(headings))


def clean_html(text: str, links: Mapping[str, str]) -> Markup:
    """Keep of an HTML output what the list allows."""
    return _clean(text, _ATTRIBUTES, links)


def words(text: str) -> str:
    """Read the words of one line of Markdown.

    Examples
    --------
    >>> words("Market: *how* big?")
    'Market: how big?'
    """
    return _words(_PARSER.parseInline(text)[0])


def plain_title(text: str) -> str:
    """Read the words of a figure's title, which plotly takes as a kind of HTML.

    Examples
    --------
    >>> plain_title("Value of A &amp; B<br>in USD")
    'Value of A & B in USD'
    """
    return unescape(re.sub(r"<br\s*/?>", " ", text))


def _words(inline: Token) -> str:
    parts = inline.children or []
    return "".join(" " if part.type == "softbreak" else part.content for part in parts)


def _clean(text: str, attributes: dict[str, set[str]], links: Mapping[str, str]) -> Markup:
    cleaned = nh3.clean(
        text,
        tags=_TAGS,
        attributes=attributes,
        attribute_filter=_attribute_filter(links),
        link_rel="noopener noreferrer",
        url_schemes=_SCHEMES,
    )
    return Markup(finish_tables(cleaned))  # noqa: S704 - what nh3 let through


def _attribute_filter(links: Mapping[str, str]) -> Callable[[str, str, str], str | None]:
    def keep(_tag: str, attribute: str, value: str) -> str | None:
        if attribute == "class":
            return " ".join(_OWN_CLASS.findall(value)) or None
        if attribute == "href":
            return _address(value, links)
        return value

    return keep


def _address(value: str, links: Mapping[str, str]) -> str | None:
    name = PurePosixPath(value.partition("#")[0])
    if name.suffix == ".ipynb":
        return links.get(name.stem)
    return value if value.partition(":")[0].lower() in _SCHEMES else None
