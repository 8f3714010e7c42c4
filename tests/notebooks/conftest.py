"""Re-run committed notebooks and compare what they print: all that is known about nbval is here.

    pytest -o addopts= -o filterwarnings= -p no:randomly -n 2 --dist loadfile \
        --nbval --nbval-current-env tests/notebooks notebooks
"""

import os

import pytest

from segkit.notebooks.runner import ENVIRONMENT

# Drawn or laid out from what is compared as text; `python -m segkit.workshop --check` compares
# these too, bit for bit.
NOT_COMPARED = (
    "application/vnd.plotly.v1+json",
    "application/vnd.segkit.answer+json",
    "image/svg+xml",
    "text/html",
)


class _Comparison:
    """A hook that must see notebooks wherever they lie."""

    def pytest_collectstart(self, collector: pytest.Collector) -> None:
        if hasattr(collector, "skip_compare"):
            collector.skip_compare += NOT_COMPARED

    def pytest_collection_modifyitems(self, items: list[pytest.Item]) -> None:
        """Run cells with controls, which store no output, without comparing any."""
        for item in items:
            cell = getattr(item, "cell", None)
            if cell is not None and "interactive" in cell.metadata.get("tags", ()):
                item.options["check"] = False


def pytest_configure(config: pytest.Config) -> None:
    if config.getoption("nbval", default=False):
        os.environ.update(ENVIRONMENT)
        config.pluginmanager.register(_Comparison())
