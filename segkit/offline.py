"""Pages that need no network and ask for none: text escaped, one script named by its hash."""

from __future__ import annotations

import base64
import hashlib
import unicodedata
from html import escape
from pathlib import Path

__all__ = ["offline_page", "shown_text"]

_STYLE = Path(__file__).with_name("offline.css")
_PAGE = """\
<!DOCTYPE html>
<html lang="{language}" dir="{direction}">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="{policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="referrer" content="no-referrer">
<title>{title}</title>
<style>{style}</style>
</head>
<body>
<main>
<h1 dir="auto">{title}</h1>
{body}
</main>
{script}</body>
</html>
"""


def offline_page(
    title: str,
    body: str,
    *,
    style: str,
    script: str = "",
    language: str = "en",
    direction: str = "ltr",
) -> str:
    """Write a page whose Content-Security-Policy allows its script and style, and nothing else.

    Parameters
    ----------
    title : str
        Foreign text; escaped here.
    body : str
        HTML in which foreign text is escaped already, see `shown_text`.
    script, style : str
        The same in every page of a kind; what differs stands in attributes. The style follows
        the one that all pages share. Without a script none may run.
    language : str
        Its code, such as "en".
    direction : str
        "ltr" or "rtl".
    """
    whole = _STYLE.read_text("utf-8") + style
    scripts = _hash(script) if script else "none"
    policy = (
        f"default-src 'none'; script-src '{scripts}'; style-src '{_hash(whole)}'; "
        "base-uri 'none'; form-action 'none'"
    )
    return _PAGE.format(
        language=shown_text(language),
        direction=direction,
        policy=policy,
        title=shown_text(title),
        style=whole,
        body=body,
        script=f"<script>{script}</script>\n" if script else "",
    )


def shown_text(foreign: object) -> str:
    """Escape foreign text; control characters become spaces.

    Examples
    --------
    >>> shown_text("<b>R&D</b>")
    '&lt;b&gt;R&amp;D&lt;/b&gt;'
    """
    plain = "".join(" " if unicodedata.category(c) in {"Cc", "Cs"} else c for c in str(foreign))
    return escape(plain)


def _hash(text: str) -> str:
    return f"sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}"
