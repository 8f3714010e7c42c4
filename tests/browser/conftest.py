"""Open a report in Debian's chromium with the network cut, and look at it as a reader would."""

import shutil
import subprocess
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, Page, Route, sync_playwright

CHROMIUM = Path("/usr/bin/chromium")
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-dev-shm-usage",
]
BUILD = Path(__file__).parents[2] / "build"
HOSTILE_NAMES = (
    '<img src=x onerror="window.pwned=1">',
    "</script><script>window.pwned=1</script>",
    '=HYPERLINK("http://x.example","y")',
    "[x](javascript:alert(1))",
    '<a href="javascript:alert(1)">x</a>',
    "<svg onload=window.pwned=1>",
    "$\\href{javascript:alert(1)}{x}$",
    "**bold** `code` | cell",
    "{{ 7 * 7 }} {% raw %}",
    "\u202eevil\u2028\x0bname",
)

TRIES = """
<img src=x onerror="window.pwned=1"><script>window.pwned=2</script>
<img src="http://203.0.113.1/x.png"><link rel="stylesheet" href="http://203.0.113.1/x.css">
<iframe srcdoc="<script>parent.pwned=3</script>"></iframe>
<script src="data:text/javascript,window.pwned=4"></script>
<a id="bait" href="javascript:window.pwned=5">x</a>
<form action="http://203.0.113.1/"><input name="a"><button id="send">x</button></form>
</body>"""
TRIED = """async () => {
    document.querySelector("#bait").click();
    document.querySelector("#send").click();
    const inline = document.createElement("script");
    inline.textContent = "window.pwned = 6";
    document.body.append(inline);
    await fetch("http://203.0.113.1/").catch(() => {});
    // Later, and so by the page itself: what a test asks a browser directly, no policy stops.
    setTimeout(() => { window.pwned = eval("7"); }, 0);
    setTimeout(() => { window.pwned = new Function("return 8")(); }, 0);
    new Image().src = "http://203.0.113.1/y.png";
    await new Promise(done => setTimeout(done, 200));
}"""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    missing = pytest.mark.skip(reason=f"there is no {CHROMIUM}")
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker("browser")
            if not CHROMIUM.exists():
                item.add_marker(missing)


@dataclass
class OpenReport:
    """A report in a browser: the page, what it asked of the network, what it complained about."""

    page: Page
    requests: list[str] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)

    def wait(self) -> None:
        """Wait until the figures are drawn, where there are any."""
        if self.page.locator("script#figures").count():
            self.page.locator("html[data-charts]").wait_for(timeout=60_000)

    def assert_quiet(self) -> None:
        """Nothing was asked of the network, no error was logged, no script of others ran."""
        assert self.requests == []
        assert self.faults == []
        assert self.page.evaluate("window.pwned") is None

    def assert_charts_drawn(self) -> None:
        """Every place for a chart holds one that can be seen, named and read as numbers."""
        figures = self.page.locator("figure[role=group]")
        for number in range(figures.count()):
            figure = figures.nth(number)
            name = figure.get_attribute("aria-label")
            assert name
            box = figure.locator(".plot .main-svg").first.bounding_box()
            assert box is not None, name
            assert box["width"] > 200, name
            assert box["height"] > 80, name
            assert figure.locator(".plot .plot-container").count() == 1, name
            assert "WebGL is not supported" not in figure.inner_text(), name
        assert self.page.locator("html").get_attribute("data-charts") in {None, "drawn"}

    def assert_contents_work(self) -> None:
        """Each entry of the table of contents leads to the heading that it names."""
        links = self.page.locator("nav a")
        assert links.count() > 1
        for number in range(links.count()):
            link = links.nth(number)
            if link.is_visible():
                words = link.inner_text()
                link.click()
                heading = self.page.locator(":target")
                assert heading.inner_text() == words
                assert heading.evaluate("node => node.tagName") in {"H2", "H3"}
                box = heading.bounding_box()
                assert box is not None
                assert -1 < box["y"] < self.page.viewport_size["height"], words

    def assert_fits(self) -> None:
        """Nothing sticks out of the window sideways."""
        wide, window = self.page.evaluate(
            "[document.documentElement.scrollWidth, document.documentElement.clientWidth]"
        )
        assert wide <= window

    def severe_violations(self, axe: str) -> list[str]:
        """List axe-core's findings that are serious or critical, with the first place."""
        self.page.evaluate(axe)
        found = self.page.evaluate("axe.run(document, {resultTypes: ['violations']})")
        return [
            f"{fault['id']} ({fault['impact']}): {fault['nodes'][0]['html']}"
            for fault in found["violations"]
            if fault["impact"] in {"serious", "critical"}
        ]


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield browser
        browser.close()


@pytest.fixture(scope="module")
def open_report(browser: Browser) -> Iterator[Callable[..., OpenReport]]:
    """Open an HTML file; colour scheme and size as asked."""
    with ExitStack() as closing:

        def open_file(path: Path, *, scheme: str = "light", width: int = 1280) -> OpenReport:
            context = browser.new_context(
                color_scheme=scheme,
                viewport={"width": width, "height": 900},
                reduced_motion="reduce",
                has_touch=width < 600,
                is_mobile=width < 600,
            )
            closing.callback(context.close)
            opened = OpenReport(context.new_page())
            context.route("**/*", lambda route: _only_local(route, opened.requests))
            opened.page.on("pageerror", lambda error: opened.faults.append(str(error)))
            opened.page.on("dialog", lambda dialog: _note_dialog(dialog, opened.faults))
            opened.page.on("console", lambda message: _note_error(message, opened.faults))
            opened.page.goto(path.resolve().as_uri())
            opened.wait()
            return opened

        yield open_file


@pytest.fixture
def break_into(
    open_report: Callable[..., OpenReport], tmp_path: Path
) -> Callable[[str, str], None]:
    """Put into a page what would run, load or send: its policy must stop each."""

    def tried(text: str, name: str) -> None:
        assert text.count("</body>") == 1, name
        broken = tmp_path / "broken.html"
        broken.write_text(text.replace("</body>", TRIES), "utf-8")
        opened = open_report(broken)
        opened.page.evaluate(TRIED)
        assert opened.page.evaluate("window.pwned") is None, name
        assert opened.requests == [], name
        assert opened.page.url == broken.as_uri(), name
        refused = " ".join(opened.faults)
        for directive in ("script-src", "default-src", "img-src", "style-src", "form-action"):
            assert directive in refused, (name, directive)
        opened.page.close()

    return tried


@pytest.fixture(scope="session")
def axe(tmp_path_factory: pytest.TempPathFactory) -> str:
    """The source of axe-core, from npm; never part of the project."""
    kept = BUILD / "axe.min.js"
    if not kept.exists():
        npm = shutil.which("npm")
        if npm is None:
            pytest.skip("axe-core needs npm")
        folder = tmp_path_factory.mktemp("axe")
        command = [npm, "install", "--prefix", str(folder), "--ignore-scripts", "axe-core@4"]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        if done.returncode:
            pytest.skip(f"npm could not install axe-core: {done.stderr.strip()[-200:]}")
        BUILD.mkdir(exist_ok=True)
        found = folder / "node_modules" / "axe-core" / "axe.min.js"
        shutil.copy(found, folder / "axe.min.js")
        shutil.move(folder / "axe.min.js", kept)
    return kept.read_text(encoding="utf-8")


@pytest.fixture(scope="session")
def hostile_names() -> tuple[str, ...]:
    return HOSTILE_NAMES


def _only_local(route: Route, asked: list[str]) -> None:
    address = urlsplit(route.request.url)
    if address.scheme in {"file", "data", "blob", "about"}:
        route.continue_()
    else:
        asked.append(route.request.url)
        route.abort()


def _note_dialog(dialog: Any, faults: list[str]) -> None:
    faults.append(f"dialog: {dialog.message}")
    dialog.dismiss()


def _note_error(message: Any, faults: list[str]) -> None:
    if message.type == "error":
        faults.append(message.text)
