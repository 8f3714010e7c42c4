"""A report as PDF: printed by a chromium that is there already."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path
from tempfile import TemporaryDirectory

from segkit.errors import SegkitError

__all__ = ["print_pdf"]

_NAMES = (
    *("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome"),
    *("microsoft-edge", "msedge"),
)
_PLACES = (
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
    "/Applications/Chromium.app/Contents/MacOS/Chromium",
    "/Applications/Microsoft Edge.app/Contents/MacOS/Microsoft Edge",
    r"C:\Program Files\Google\Chrome\Application\chrome.exe",
    r"C:\Program Files (x86)\Microsoft\Edge\Application\msedge.exe",
)
_OPTIONS = (
    *("--headless", "--disable-gpu", "--no-first-run", "--disable-dev-shm-usage"),
    *("--disable-background-networking", "--disable-component-update", "--disable-sync"),
    # The width of a printed page: figures are drawn for it, and none is cut off.
    *("--window-size=718,1000", "--no-pdf-header-footer", "--export-tagged-pdf"),
    *("--generate-pdf-document-outline", "--force-color-profile=srgb"),
    # Time in which the charts unpack and draw; it passes as fast as the machine can.
    "--virtual-time-budget=120000",
)
_SECONDS = 300


def print_pdf(page: Path, path: Path) -> Path:
    """Print an HTML file as a tagged PDF with an outline.

    Raises
    ------
    SegkitError
        If no chromium is found, or it does not print.
    """
    program = _chromium()
    path.parent.mkdir(parents=True, exist_ok=True)
    with TemporaryDirectory(prefix="segkit-", ignore_cleanup_errors=True) as profile:
        printed = Path(profile, "printed.pdf")
        command = [
            *(program, *_OPTIONS, *_unboxed(), f"--user-data-dir={profile}"),
            *(f"--print-to-pdf={printed}", f"{page.resolve().as_uri()}#printed"),
        ]
        try:
            done = subprocess.run(  # noqa: S603 - no shell, and no word of the report in it
                command, capture_output=True, text=True, check=False, timeout=_SECONDS
            )
        except subprocess.TimeoutExpired:
            raise SegkitError(f"{program} did not print within {_SECONDS} seconds.") from None
        if not printed.exists():
            said = done.stderr.strip().splitlines()[-1:] or ["it said nothing"]
            raise SegkitError(f"{program} did not print the report: {said[0]}")
        try:
            shutil.copyfile(printed, path)
        except OSError as error:
            raise SegkitError(f"{path} cannot be written: {error.strerror}.") from None
    return path


def _chromium() -> str:
    found = next(filter(None, map(shutil.which, _NAMES)), None)
    found = found or next((place for place in _PLACES if Path(place).exists()), None)
    if found is None:
        raise SegkitError(
            "A PDF is printed by chromium, Chrome or Edge, and none was found. Install one, or "
            "open the report in any browser and print it there."
        )
    return found


def _unboxed() -> list[str]:
    """Chromium refuses to run as root with its sandbox, as it does in containers."""
    return ["--no-sandbox"] if hasattr(os, "geteuid") and os.geteuid() == 0 else []
