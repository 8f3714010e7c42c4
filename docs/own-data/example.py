"""Three CSV files as another company would export them, and screenshots of the way to its report.

`python docs/own-data/example.py FOLDER` writes the files. With `--screenshots` it goes the whole
way of docs/own-data.md with them, and draws its pictures anew (Chromium and playwright needed).
"""

from __future__ import annotations

import argparse
import re
import subprocess
import sys
from pathlib import Path

import pandas as pd
from playwright.sync_api import sync_playwright

import segkit
from segkit.tables import CompanyTables

HERE = Path(__file__).parent
GUIDE = HERE.parent / "own-data.md"
_INDUSTRIES = {"school systems": "K-12", "community colleges": "Two-year colleges"}
_PHASES = {"won": "Closed Won", "refused": "Closed Lost", "stuck": "No decision", "open": "Working"}


def foreign_files(company: CompanyTables) -> dict[str, pd.DataFrame]:
    """Give accounts, deals and contracts as files of other names, words, dates and amounts."""
    accounts, deals, contracts = (
        company[name] for name in ("accounts", "opportunities", "contracts")
    )
    clients = pd.DataFrame(
        {
            "Client No": accounts["account_id"],
            "Company": accounts["name"],
            "Industry": accounts["segment"].replace(_INDUSTRIES),
            "Headcount": accounts["employees"].map("{:,}".format),
            "State": accounts["state"],
            "Status": accounts["status"].replace({"former customer": "Churned"}),
        }
    )
    pipeline = pd.DataFrame(
        {
            "Deal": deals["opp_id"],
            "Client No": deals["account_id"],
            "Solution": deals["product"],
            "Origin": deals["lead_source"],
            "Owner": deals["rep_id"],
            "Amount": "$" + deals["value"].map("{:,.2f}".format),
            "Opened": deals["created"].dt.strftime("%d.%m.%Y"),
            "Decided": deals["closed"].dt.strftime("%d.%m.%Y"),
            "Phase": deals["outcome"].map(_PHASES),
        }
    )
    subscriptions = pd.DataFrame(
        {
            "Contract": contracts["contract_id"],
            "Client No": contracts["account_id"],
            "Module": contracts["module"],
            "From": contracts["start"].dt.strftime("%d.%m.%Y"),
            "Until": contracts["end"].dt.strftime("%d.%m.%Y"),
            "Monthly fee": "$" + contracts["mrr"].map("{:,.2f}".format),
        }
    )
    # What exports are like: a deal of nobody, an amount nobody can read, a deal listed twice.
    pipeline.loc[4, "Client No"] = "A99999"
    pipeline.loc[9, "Amount"] = "see mail"
    pipeline = pd.concat([pipeline, pipeline.iloc[[20]]])
    return {"Clients 2026": clients, "pipeline_export": pipeline, "subscriptions": subscriptions}


def write_files(folder: Path) -> None:
    """Write the three files into a folder."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, frame in foreign_files(segkit.sample()).items():
        frame.to_csv(folder / f"{name}.csv", index=False, sep=";", encoding="utf-8")


def settings() -> str:
    """Read the settings that the guide tells its reader to write."""
    (block,) = re.findall(r"```toml\n(.*?)```", GUIDE.read_text(encoding="utf-8"), re.DOTALL)
    return block


def main(arguments: list[str] | None = None) -> int:
    """Write the files, and with `--screenshots` the pictures of the guide."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--screenshots", action="store_true")
    asked = parser.parse_args(arguments)
    if asked.screenshots:
        _segkit("new", asked.folder)
    write_files(asked.folder)
    if asked.screenshots:
        (asked.folder / "segkit.toml").write_text(settings(), encoding="utf-8")
        _draw(asked.folder)
    return 0


def _draw(folder: Path) -> None:
    report = folder / "report.html"
    _segkit("report", folder, "--output", report)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path="/usr/bin/chromium", args=["--no-sandbox", "--disable-gpu"]
        )
        for name, width, height, heading in (
            ("first-page", 1000, 760, "Accounts"),
            ("value", 1000, 1250, "What is the base worth?"),
            ("phone", 380, 760, "Accounts"),
        ):
            page = browser.new_page(viewport={"width": width, "height": height})
            page.goto(report.resolve().as_uri())
            place = page.locator("main :is(h2, h3)", has_text=heading).first
            place.evaluate("node => node.scrollIntoView()")
            page.wait_for_timeout(3000)
            page.screenshot(path=HERE / f"{name}.png")


def _segkit(*words: object) -> None:
    command = Path(sys.executable).with_name("segkit")
    subprocess.run([command, *map(str, words)], check=True)


if __name__ == "__main__":
    sys.exit(main())
