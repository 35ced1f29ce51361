"""Pages on paper: two sheets for the runs and sweeps that the presets make, printed by a real browser."""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path

import pytest

from httptui.reports.exports.html.page import to_html
from httptui.sweeps.exports.html.page import to_html as sweep_to_html
from httptui.sweeps.reading import read_either
from httptui.sweeps.report import SweepReport

RESULTS = Path(__file__).parents[2] / "docs" / "results"
BROWSER = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
PAGE = re.compile(rb"/Type\s*/Page\b")


@pytest.mark.slow
@pytest.mark.skipif(BROWSER is None, reason="needs Chromium to print")
@pytest.mark.parametrize("name", ["http2", "scraper-urls", "knee", "pool-grid", "scraper-latency"])
def test_the_page_of_a_usual_run_or_sweep_prints_on_two_sheets(name: str, tmp_path: Path) -> None:
    report = read_either(RESULTS / f"{name}.json")
    page, printed = tmp_path / "page.html", tmp_path / "page.pdf"
    html = sweep_to_html(report) if isinstance(report, SweepReport) else to_html(report)
    page.write_text(html, "utf-8")
    flags = ("--headless", "--no-sandbox", "--disable-gpu", "--no-first-run", "--no-pdf-header-footer")
    folder = f"--user-data-dir={tmp_path / 'profile'}"
    subprocess.run(
        [str(BROWSER), *flags, folder, f"--print-to-pdf={printed}", page.as_uri()],
        check=True,
        capture_output=True,
        timeout=60,
    )
    assert len(PAGE.findall(printed.read_bytes())) == 2
