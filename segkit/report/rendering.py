"""Pages that carry their charts with them: template, style, policy, and plotly.js compressed."""

from __future__ import annotations

import base64
import gzip
import hashlib
import re
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined

from segkit.report.brand import Brand
from segkit.report.figures import Figures, plotly_source

__all__ = ["own", "render"]

_INSIDE_NUMBER = re.compile(r"(?<=\b[A-Z]{3}) (?=-?\d)|(?<=\d) (?=[kMB%](?!\w))")


def render(
    template: str,
    figures: Figures,
    brand: Brand,
    *,
    extra_style: str = "",
    scripts: Mapping[str, str] | None = None,
    **content: Any,
) -> str:
    """Fill a template of the report; its policy allows its own scripts and nothing else.

    Parameters
    ----------
    template : str
        Name of the template.
    figures : Figures
        What the page draws.
    brand : Brand
        Logo and colours.
    extra_style : str
        CSS after that of the report.
    scripts : mapping of str to str
        Further scripts, by their name in the template.
    **content
        What else the template names.
    """
    boot, others = own("boot.js"), scripts or {}
    drawing = {
        "boot": boot,
        "figures": _packed(figures.to_json()),
        "plotly": _packed_plotly(),
    }
    hashes = [_hash(text.encode()) for text in ([boot] if figures else []) + [*others.values()]]
    loader = PackageLoader("segkit.report", ".")
    environment = Environment(autoescape=True, loader=loader, undefined=StrictUndefined)
    environment.filters["unbroken"] = _unbroken
    return environment.get_template(template).render(
        policy=_policy(figures, hashes),
        style=own("report.css") + extra_style + brand.style,
        brand=brand,
        **others,
        **drawing if figures else {"figures": ""},
        **content,
    )


def _unbroken(text: str) -> str:
    """Keep numbers and their units on one line.

    Examples
    --------
    >>> _unbroken("USD 12.3 M, 45 %").replace("\N{NO-BREAK SPACE}", "_")
    'USD_12.3_M, 45_%'
    """
    return _INSIDE_NUMBER.sub("\N{NO-BREAK SPACE}", text)


def own(name: str) -> str:
    """Read a file of this package."""
    return files("segkit.report").joinpath(name).read_text(encoding="utf-8")


def _policy(figures: Figures, hashes: list[str]) -> str:
    scripts = [*hashes, _hash(plotly_source())] if figures else hashes or ["'none'"]
    if figures.compiled:
        scripts.append("'unsafe-eval'")
    return (
        f"default-src 'none'; script-src {' '.join(scripts)}; style-src 'unsafe-inline'; "
        "img-src data: blob:; base-uri 'none'; form-action 'none'"
    )


def _hash(script: bytes) -> str:
    return f"'sha256-{base64.b64encode(hashlib.sha256(script).digest()).decode()}'"


@cache
def _packed_plotly() -> str:
    """Pack plotly.js once: a report and its slides carry the same."""
    return _packed(plotly_source())


def _packed(content: bytes) -> str:
    return base64.b64encode(gzip.compress(content, mtime=0)).decode()
