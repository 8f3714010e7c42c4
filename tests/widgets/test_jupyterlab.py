"""All live controls in JupyterLab itself: a key is pressed, number and chart follow.

One test, for JupyterLab takes half a minute to start; everything is local, and nothing else is
asked of the network.
"""

import os
import re
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.error import URLError
from urllib.parse import urlsplit

import pandas as pd
import pytest

import segkit
from segkit.notebooks.chapters import cell, notebook, text_of
from segkit.widgets import DecisionFile, JudgementFile

CHROMIUM = Path("/usr/bin/chromium")
FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--disable-dev-shm-usage"]
TOKEN = "test"
HOSTILE = "<img src=x onerror=window.pwned=1>"
IDLE = """() => window.jupyterapp?.shell?.currentWidget?.sessionContext?.session?.kernel?.status
    === 'idle'"""
# All at once: the charts of several cells load together, which anywidget gives two seconds.
RUN_ALL = """() => { window.done = 0;
    jupyterapp.commands.execute('notebook:run-all-cells').then(() => { window.done = 1; }) }"""
DRAWN = {"value": 1, "market": 1, "segments": 3}
CELLS = {
    "setup": """\
import pandas as pd
import segkit
base = segkit.read("tables")
accounts = list(base.accounts["account_id"])""",
    "value": """\
from segkit.widgets import what_if
what_if(base)""",
    "market": """\
from segkit.widgets import explore_market
explore_market(base)""",
    "segments": """\
from segkit.widgets import explore_segments
explore_segments(base)""",
    "conference": """\
from segkit.widgets import hold_conference
hold_conference("panel.csv", criteria=["fit", "margin"], ranking=["Ajax", "Bolt"],
                needs=["find a record"], market=base.market_facts, currency="USD")""",
    "decision": """\
from segkit.widgets import record_decision
record_decision(base, "decisions.csv", decided="2026-06-30")""",
}
"""The cells of the notebook, by what they show."""


@pytest.fixture(scope="module")
def tables(tmp_path_factory) -> Path:
    """A smaller sample company, with a segment whose name would run if it were read as HTML."""
    folder = tmp_path_factory.mktemp("lab") / "tables"
    folder.mkdir()
    (folder / "segkit.toml").write_text('currency = "USD"\nas_of = 2026-06-30\n', encoding="utf-8")
    company = segkit.sample(scale=0.1)
    for name in ("contracts", "market_facts", "nps_survey"):
        company[name].to_csv(folder / f"{name}.csv", index=False)
    judged = pd.DataFrame({"account_id": ["X1"], "name": ["Trap"], "segment": [HOSTILE]})
    rows = pd.concat([company["accounts"], judged], ignore_index=True)
    rows.to_csv(folder / "accounts.csv", index=False)
    return folder


def _notebook(path: Path) -> None:
    cells = [cell("code", source, name, []) for name, source in CELLS.items()]
    path.write_text(text_of(notebook(cells)), encoding="utf-8")


@contextmanager
def _jupyterlab(root: Path, home: Path) -> Iterator[str]:
    """Start JupyterLab with a home of its own, and stop it with all its kernels."""
    env = dict(os.environ)
    for name in ("CONFIG_DIR", "DATA_DIR", "RUNTIME_DIR"):
        env[f"JUPYTER_{name}"] = str(home / name)
    for name in ("SETTINGS_DIR", "WORKSPACES_DIR"):
        env[f"JUPYTERLAB_{name}"] = str(home / name)
    env["IPYTHONDIR"] = str(home / "ipython")
    settings = {
        # Cells below the fold would not be in the page.
        "notebook-extension/tracker": '{"windowingMode": "none"}',
        "apputils-extension/notification": '{"fetchNews": "false", "checkForUpdates": false}',
    }
    for name, text in settings.items():
        file = home / "SETTINGS_DIR" / "@jupyterlab" / f"{name}.jupyterlab-settings"
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8")
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [sys.executable, "-m", "jupyterlab", "--no-browser", "--allow-root"]
    command += ["--ip=127.0.0.1", f"--port={port}", "--ServerApp.port_retries=0"]
    command += [f"--IdentityProvider.token={TOKEN}", f"--ServerApp.root_dir={root}"]
    command += ["--expose-app-in-browser"]
    command += ["--LabApp.check_for_updates_class=jupyterlab.NeverCheckForUpdate"]
    with (home / "log").open("w") as log:
        server = subprocess.Popen(
            command, env=env, stdout=log, stderr=subprocess.STDOUT, start_new_session=True
        )
        try:
            _wait_for(f"http://127.0.0.1:{port}/api?token={TOKEN}", home / "log")
            yield f"http://127.0.0.1:{port}"
        finally:
            os.killpg(server.pid, signal.SIGTERM)
            server.wait(30)


def _wait_for(address: str, log: Path) -> None:
    for _ in range(240):
        try:
            with urllib.request.urlopen(address):
                return
        except URLError:
            time.sleep(0.5)
    pytest.fail(f"JupyterLab did not start: {log.read_text()[-2000:]}")


class _Cell:
    """What a cell shows, as a reader with a keyboard and a screen reader meets it."""

    def __init__(self, page, number: int) -> None:
        self.page = page
        self.outputs = page.locator(".jp-CodeCell").nth(number).locator(".jp-OutputArea-output")

    def by_label(self, words: str):
        """Find a control by the label that belongs to it, not by what it looks like."""
        return self.outputs.get_by_label(words, exact=True).first

    def button(self, words: str):
        return self.outputs.get_by_role("button", name=words, exact=True).first

    def says(self) -> str:
        return " ".join(self.outputs.locator("[role=status]").all_inner_texts())

    def drawn(self) -> str:
        """Give where the marks of the chart stand."""
        plot = self.outputs.locator(".js-plotly-plot").first
        return plot.evaluate("node => JSON.stringify(node.data.map(trace => [trace.x, trace.y]))")

    def until(self, test, words: str) -> None:
        """Wait until something holds, for the kernel answers in its own time."""
        for _ in range(300):
            if test():
                return
            self.page.wait_for_timeout(100)
        pytest.fail(f"{words}; it says: {self.says()}")

    def press(self, control, *keys: str) -> None:
        control.focus()
        for key in keys:
            self.page.keyboard.press(key)

    def type(self, label: str, text: str) -> None:
        control = self.by_label(label)
        control.fill(text)
        control.press("Tab")


def _moves(cell: _Cell, slider: str, key: str) -> None:
    """Press a key on a slider: the words and the chart must change."""
    said, drawn = cell.says(), cell.drawn()
    handle = cell.outputs.locator(".widget-slider", has_text=slider).locator("[role=slider]").first
    cell.press(handle, *[key] * 4)
    cell.until(lambda: cell.says() != said, f"{slider}: the words did not follow")
    cell.until(lambda: cell.drawn() != drawn, f"{slider}: the chart did not follow")


def _check_conference(cell: _Cell, folder: Path) -> None:
    cell.type("Your name", "Ann")
    cell.until(lambda: "Pair 1 of 1 (0 of 1" in cell.says(), "the name was not taken")
    handle = cell.outputs.locator(".widget-slider [role=slider]").first
    cell.press(handle, "ArrowRight", "ArrowRight")
    cell.until(lambda: "fit counts 3 times" in cell.says(), "the slider was not read")
    cell.press(cell.button("Save and next"), "Space")
    cell.until(lambda: "fit 75 %" in cell.says(), "the pair was not saved")
    cell.press(cell.button("Score needs"), "Space")
    cell.until(lambda: "find a record: how important" in cell.says(), "no needs are asked")
    cell.press(cell.outputs.locator(".widget-slider [role=slider]").first, "ArrowRight")
    cell.press(cell.button("Save and next"), "Space")
    cell.until(lambda: "find a record (4 against 3)" in cell.says(), "the score was not saved")
    cell.press(cell.button("Size the market"), "Space")
    cell.until(lambda: "what is its lowest" in cell.says(), "no range is asked")
    for label, text in (("Lowest", "1000"), ("Most likely", "2000"), ("Highest", "3000")):
        cell.type(label, text)
    cell.press(cell.button("Save and next"), "Space")
    cell.until(lambda: "the whole market is USD" in cell.says(), "the range was not saved")
    rows = JudgementFile(folder / "panel.csv").read()
    assert rows["kind"].value_counts().to_dict() == {"market": 3, "needs": 2, "criteria": 1}


def _check_decision(cell: _Cell, folder: Path) -> None:
    cell.press(cell.button("Save decision"), "Space")
    cell.until(lambda: "Missing: an owner." in cell.says(), "an empty form was not refused")
    cell.type("Rests on", "U5")
    cell.until(lambda: "U5: Net promoter score" in cell.says(), "the evidence was not answered")
    cell.until(lambda: "promoter" in cell.by_label("Metric").input_value(), "no metric is proposed")
    for label, text in (("Segment", HOSTILE), ("Action", HOSTILE), ("Owner", "=1+1")):
        cell.type(label, text)
    cell.type("Reason", HOSTILE)
    cell.type("Review on", "2026-09-30")
    cell.press(cell.button("Save decision"), "Space")
    cell.until(lambda: "Saved to decisions.csv" in cell.says(), "the decision was not saved")
    assert HOSTILE in cell.outputs.locator("table").inner_text()
    (row,) = DecisionFile(folder / "decisions.csv").read().to_dict("records")
    assert (row["owner"], row["action"]) == ("=1+1", HOSTILE)
    assert (row["decided"], row["review"]) == ("2026-06-30", "2026-09-30")


def _check_width(page, cell: _Cell) -> None:
    """A chart is as wide as its page, also when that changes."""
    plot = cell.outputs.locator(".js-plotly-plot").first
    for width in (700, 1300):
        page.set_viewport_size({"width": width, "height": 1000})
        cell.until(
            lambda: plot.evaluate(
                """node => Math.abs(node.querySelector('.main-svg').clientWidth
                    - node.clientWidth) < 2 && node.clientWidth > 100"""
            ),
            f"the chart does not fit a window of {width} pixels",
        )


def _check_labels(page) -> None:
    """Every control that can be reached has a name that a screen reader says."""
    nameless = page.locator(".jp-OutputArea-output").evaluate_all("""outputs => outputs
        .flatMap(output => [...output.querySelectorAll(
            'input:not([type=hidden]), textarea, button, [role=slider]')])
        .filter(one => one.offsetParent && !one.closest('.js-plotly-plot'))
        .filter(one => !(one.labels?.length || one.innerText || one.title
            || one.getAttribute('aria-label') || one.getAttribute('aria-labelledby')
            || one.closest('.widget-slider')?.querySelector('label')?.innerText))
        .map(one => one.outerHTML.slice(0, 200))""")
    assert nameless == []


@pytest.mark.browser
@pytest.mark.skipif(not CHROMIUM.exists(), reason=f"there is no {CHROMIUM}")
def test_keys_move_numbers_and_charts(tables, tmp_path):
    pytest.importorskip("jupyterlab")
    playwright = pytest.importorskip("playwright.sync_api")
    root = tables.parent
    _notebook(root / "controls.ipynb")
    asked, faults = [], []
    with _jupyterlab(root, tmp_path) as address, playwright.sync_playwright() as pw:
        browser = pw.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        page = browser.new_page(viewport={"width": 1300, "height": 1000})
        page.set_default_timeout(60_000)

        def only_local(route):
            local = urlsplit(route.request.url).hostname in {"127.0.0.1", None}
            route.continue_() if local else (asked.append(route.request.url), route.abort())

        page.route("**/*", only_local)
        page.on("pageerror", lambda error: faults.append(str(error)))
        page.goto(f"{address}/lab/tree/controls.ipynb?token={TOKEN}")
        page.wait_for_function(IDLE, timeout=120_000)
        cells = {name: _Cell(page, number) for number, name in enumerate(CELLS)}
        page.evaluate(RUN_ALL)
        page.wait_for_function("() => window.done === 1", timeout=240_000)
        for name, shown in cells.items():
            assert shown.outputs.locator("[data-mime-type*='error']").all_inner_texts() == []
            charts = shown.outputs.locator(".js-plotly-plot")
            for number in range(DRAWN.get(name, 0)):
                charts.nth(number).locator(".trace, .slice").first.wait_for()
        _check_labels(page)
        _check_width(page, cells["value"])
        _moves(cells["market"], "its values times", "ArrowRight")
        _moves(cells["value"], "Discount a year", "ArrowRight")
        _moves(cells["segments"], "Segments", "ArrowRight")
        _check_conference(cells["conference"], root)
        _check_decision(cells["decision"], root)
        assert page.evaluate("window.pwned") is None
        browser.close()
    assert asked == []
    assert not [fault for fault in faults if not re.search("ResizeObserver", fault)]
