"""Pages for facilitators and participants: one look, foreign text escaped, no script."""

from __future__ import annotations

import re
from functools import cache
from importlib.resources import files
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined
from markdown_it import MarkdownIt
from markupsafe import Markup

from segkit.offline import offline_page, shown_text

__all__ = ["clock", "duration", "page", "shortened", "words"]

_LONGEST = 120
_CODE = re.compile("`([^`]+)`")
# Text of chapters leads nowhere: on paper a link is only words.
_MARKDOWN = MarkdownIt("commonmark", {"html": False}).disable(["autolink", "image", "link"])


def page(template: str, title: str, *, company: str = "", **content: Any) -> str:
    """Fill a template of the folder `pages` and bind it with the style that all of them share."""
    body = _environment().get_template(f"{template}.html.j2")
    rendered = body.render(company=shortened(company), **content)
    return offline_page(title, rendered, style=_style(template))


def clock(minute: int) -> str:
    """Write a minute of the day as a time.

    Examples
    --------
    >>> clock(555)
    '09:15'
    """
    return f"{minute // 60:02d}:{minute % 60:02d}"


def duration(minutes: int) -> str:
    """Write minutes as hours and minutes.

    Examples
    --------
    >>> duration(45), duration(60), duration(75)
    ('45 min', '1 h', '1 h 15 min')
    """
    hours, rest = divmod(minutes, 60)
    return " ".join([f"{hours} h"] * bool(hours) + [f"{rest} min"] * bool(rest or not hours))


def shortened(foreign: str) -> str:
    """Cut a foreign name that would push everything else from the page."""
    return foreign if len(foreign) <= _LONGEST else f"{foreign[: _LONGEST - 1]}…"


def words(text: str) -> str:
    """Read the words of one line of Markdown.

    Examples
    --------
    >>> words("Market: *how* big?")
    'Market: how big?'
    """
    parts = _MARKDOWN.parseInline(text)[0].children or []
    return "".join(" " if part.type == "softbreak" else part.content for part in parts)


@cache
def _environment() -> Environment:
    made = Environment(
        autoescape=True,
        finalize=_plain,
        loader=PackageLoader("segkit.workshop", "pages"),
        trim_blocks=True,
        undefined=StrictUndefined,
    )
    made.globals |= {"clock": clock, "duration": duration, "words": words}
    made.globals |= {"coded": _coded, "inline": _inline, "md": _html}
    return made


def _plain(value: Any) -> Any:
    """Escape as all offline pages do, control characters included."""
    if isinstance(value, Markup):
        return value
    return Markup(shown_text(value))  # noqa: S704 - escaped here


def _html(text: str) -> Markup:
    # HTML within Markdown is shown as it is written, and links are off.
    return Markup(_MARKDOWN.render(text))  # noqa: S704 - so this is safe


def _coded(text: str) -> Markup:
    return Markup(_CODE.sub(r"<code>\1</code>", shown_text(text)))  # noqa: S704 - escaped before


def _inline(text: str) -> Markup:
    return Markup(_MARKDOWN.renderInline(text))  # noqa: S704 - as above


def _style(template: str) -> str:
    folder = files("segkit.workshop").joinpath("pages")
    sheets = [folder.joinpath(f"{name}.css") for name in ("pages", template)]
    return "".join(sheet.read_text(encoding="utf-8") for sheet in sheets if sheet.is_file())
