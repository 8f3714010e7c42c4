"""Figures of a report: their data once, their words beside them, plotly.js from its package."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

from markupsafe import Markup

from segkit.report.sanitise import plain_title
from segkit.report.tables import data_table

__all__ = ["Figure", "Figures", "plotly_source"]

_HEIGHT = 450
_ABOVE = 56
# More numbers than anybody reads; the workbook has the tables of the answers whole.
_MOST_ROWS = 200
# These compile their shaders with `new Function`, which the policy must then allow.
_COMPILED = {"parcoords", "scattergl", "scatterpolargl", "splom"}
# These fetch outlines or tiles, which a report never does.
_FETCHED = {
    *("choropleth", "choroplethmap", "choroplethmapbox", "densitymap", "densitymapbox"),
    *("scattergeo", "scattermap", "scattermapbox"),
}


@dataclass(frozen=True, slots=True)
class Figure:
    """What a page says about a figure; `drawn` is whether it can be drawn offline."""

    id: str
    title: str
    finding: str
    table: Markup | None
    height: int
    drawn: bool


class Figures:
    """The figures of a report, as the page's script will draw them."""

    def __init__(self, colours: Mapping[str, str] | None = None) -> None:
        self._colours = colours or {}
        self._specs: list[dict[str, Any]] = []
        self._templates: list[object] = []
        self.compiled = False

    def __bool__(self) -> bool:
        return bool(self._specs)

    def add(self, output: Mapping[str, Any]) -> Figure:
        """Take over the figure of an output; returns the words that go with it."""
        layout = dict(output.get("layout") or {})
        title = layout.pop("title", None) or ""
        words = _words(layout)
        _without_room_above(layout)
        kinds = {trace.get("type", "scatter") for trace in output.get("data", ())}
        number = len(self._specs)
        drawn = not kinds & _FETCHED
        if drawn:
            template = self._template(layout.pop("template", None))
            spec = {"data": output.get("data", []), "layout": layout, "template": template}
            self._specs.append(spec | {"frames": output.get("frames") or []})
            self.compiled |= bool(kinds & _COMPILED)
        table = words.get("table")
        return Figure(
            id=f"figure-{number}",
            title=plain_title(title if isinstance(title, str) else str(title.get("text") or "")),
            finding=str(words.get("finding") or ""),
            table=data_table(table["columns"], table["rows"], most=_MOST_ROWS) if table else None,
            height=int(layout.get("height") or _HEIGHT),
            drawn=drawn,
        )

    def to_json(self) -> bytes:
        """Write figures and templates; numbers that JSON does not know become null."""
        content = {"figures": self._specs, "templates": self._templates}
        finite = json.loads(json.dumps(content), parse_constant=lambda _: None)
        return _recoloured(json.dumps(finite, separators=(",", ":")), self._colours).encode()

    def _template(self, template: object) -> int:
        if template not in self._templates:
            self._templates.append(template)
        return self._templates.index(template)


def _recoloured(text: str, colours: Mapping[str, str]) -> str:
    """Put the colours of a brand in the place of those of the charts, all at once."""
    taken = {f'"{old}"': f'"{new}"' for old, new in colours.items()}
    taken |= {f"rgba({_parts(old)},": f"rgba({_parts(new)}," for old, new in colours.items()}
    if not taken:
        return text
    return re.sub("|".join(map(re.escape, taken)), lambda found: taken[found[0]], text)


def _parts(colour: str) -> str:
    return ",".join(str(int(colour[place : place + 2], 16)) for place in (1, 3, 5))


def _words(layout: dict[str, Any]) -> dict[str, Any]:
    """Take the words that a figure carries out of its layout."""
    meta = layout.get("meta")
    if not isinstance(meta, dict) or "segkit" not in meta:
        return {}
    layout["meta"] = {name: value for name, value in meta.items() if name != "segkit"}
    return dict(meta["segkit"])


def _without_room_above(layout: dict[str, Any]) -> None:
    """Take back the room that title and finding had: the page says them outside the figure."""
    margin = dict(layout.get("margin") or {})
    if "t" not in margin:
        return
    room = max(margin.pop("t") - _ABOVE, 0)
    layout["margin"] = margin
    if layout.get("height"):
        layout["height"] -= room


@cache
def plotly_source() -> bytes:
    """Read plotly.js from the installed plotly package."""
    return files("plotly").joinpath("package_data", "plotly.min.js").read_bytes()
