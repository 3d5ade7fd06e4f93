"""Measure how soon each moving figure of the built book answers a key: `make benchmark`.

Prints benchmarks/figures.md; to keep a new result: `make -s benchmark >benchmarks/figures.md`.

The browser measures itself. Its trace holds for each key press, on one clock, when the key
went down, when the page was done (the key's handlers, the script that puts the new picture
in, style, layout, paint, commit), and when that frame was presented (rasterized and
composed too). A headless browser draws a frame as soon as one is wanted: no number holds a
wait for a monitor's next refresh, which at 60 Hz adds up to 16.7 ms to whatever a page does.
"""

from __future__ import annotations

import json
import os
import re
import sys
from pathlib import Path

import numpy as np
from playwright.sync_api import Browser, Locator, Page, sync_playwright

from tools import browser

BOOK = Path(__file__).resolve().parent.parent / "_build" / "html"
FLAGS = ["--headless", "--no-sandbox", "--disable-gpu"]
PRESSES = 60  # for each figure, shared by its controls
PAUSE_MS = 50  # after each of them, so that the next one finds the page at rest
AIM_MS = 1000 / 60

REPORT = """\
# From key press to painted frame

Each moving figure of the book, {presses} key presses shared by its controls: the milliseconds
from a key press until the page was done (script, style, layout, paint, commit), and until
the new picture was on the screen. `tools/benchmark.py` says how this is measured.

- Aim: 95 of 100 key presses answered on the screen within {aim:.1f} ms, one frame at 60 Hz;
  {met} of {count} figures meet it.
- Machine: {cores} cores ({processor}), load {load:.1f} at the start.
- Browser: Chromium {version}, headless, no graphics processor, 1280 × 900 pixels.
- To measure again: `make benchmark`; to keep it: `make -s benchmark >benchmarks/figures.md`.

| page | moves with | frames | elements | done: p50 | p95 | on screen: p50 | p95 |
|---|---|--:|--:|--:|--:|--:|--:|
{rows}"""


def press_keys(page: Page, row: Locator, presses: int) -> None:
    """Move one control to and fro; a choice goes round."""
    slider = row.locator("input[type=range]")
    field = slider if slider.count() else row.locator("input:checked")
    field.focus()
    page.wait_for_timeout(20 * PAUSE_MS)  # a page that scrolls or speaks comes to rest
    last, way = int(field.get_attribute("max") or 0), 1
    position = int(field.input_value())
    for _ in range(presses):
        if last and not 0 <= position + way <= last:
            way = -way
        position += way
        page.keyboard.press("ArrowRight" if way > 0 else "ArrowLeft")
        page.wait_for_timeout(PAUSE_MS)
    page.wait_for_timeout(20 * PAUSE_MS)


def measure(chromium: Browser, page: Page, figure: Locator) -> np.ndarray:
    """For each key press the milliseconds until the page was done, and until the screen was: (presses, 2)."""
    rows = figure.locator(".explore-row").all()
    presses = PRESSES // len(rows)
    chromium.start_tracing(page=page, categories=["devtools.timeline"])
    for row in rows:
        press_keys(page, row, presses)
    events = json.loads(chromium.stop_tracing())["traceEvents"]
    timings = [event["args"]["data"] for event in events if event["name"] == "EventTiming" and event["ph"] == "b"]
    keys = [timing for timing in timings if timing["type"] == "keydown"]
    assert len(keys) == presses * len(rows), f"{len(keys)} of {presses * len(rows)} key presses are in the trace"
    return np.array([(key["commitFinishTime"] - key["timeStamp"], key["duration"]) for key in keys])


def processor() -> str:
    """What the system calls its processor."""
    info = Path("/proc/cpuinfo")
    found = re.search(r"model name\s*:\s*(.*)", info.read_text()) if info.exists() else None
    return found[1] if found else os.uname().machine


def main() -> None:
    executable = browser.chromium() or sys.exit(browser.MISSING)
    load, rows, met = os.getloadavg()[0], [], 0
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=executable, args=FLAGS)
        page = chromium.new_page(viewport={"width": 1280, "height": 900})
        for path in sorted(BOOK.rglob("*.html")):
            if '<figure class="explore' not in path.read_text(encoding="utf-8"):
                continue
            page.goto(path.as_uri())
            page.evaluate("window.MathJax?.startup.promise")
            for figure in page.locator("figure.explore").all():
                data = json.loads(figure.locator("script").text_content())
                times = measure(chromium, page, figure)
                (done, screen), (late_done, late_screen) = np.percentile(times, [50, 95], axis=0)
                met += late_screen <= AIM_MS
                rows.append(
                    f"| {path.relative_to(BOOK).with_suffix('')} | {', '.join(c['label'] for c in data['controls'])} "
                    f"| {len(data['frames'])} | {figure.locator('.panels *').count()} "
                    f"| {done:.1f} | {late_done:.1f} | {screen:.1f} | {late_screen:.1f} |"
                )
        version = chromium.version
        chromium.close()
    machine = {"cores": os.cpu_count(), "processor": processor(), "load": load, "version": version}
    print(REPORT.format(presses=PRESSES, aim=AIM_MS, met=met, count=len(rows), rows="\n".join(rows), **machine))


if __name__ == "__main__":
    main()
