"""Measure how soon a page answers a reader who runs code on it: `make verdict`.

Prints benchmarks/exercises.md; to keep a new result: `make -s verdict >benchmarks/exercises.md`.

The page measures itself, from the click on Run to the frame in which the answer stands. Cold
means a browser that has nothing of the book yet, warm a page that is opened again; the server
is this machine, so that no network is in the numbers: what a network adds follows from the bytes.
A machine that has more to do takes longer; what a cold start costs its processors tells more then.
"""

from __future__ import annotations

import functools
import gzip
import http.server
import os
import sys
import threading
from pathlib import Path
from urllib.parse import urlsplit

import numpy as np
from playwright.sync_api import Browser, sync_playwright

from tools import browser
from tools.benchmark import BOOK, FLAGS, processor

STARTS = 5
RUNS = 20  # of each kind, after the first
EXERCISE, FIGURE = ".tag_exercise", ".cell:not(.tag_exercise):not(.tag_solution)"
AIMS = {"an exercise": 5, "a cell with a figure": 8}
AIM_NEXT = 0.3

# From the click to the next frame after the end of the run, in seconds.
CLICK = """(cell) => new Promise((done) => {
    const [first, go, stop] = cell.querySelectorAll(".run-bar button");
    const start = performance.now();
    new MutationObserver((_, observer) => {
        if (!stop.hidden) return;
        observer.disconnect();
        requestAnimationFrame(() => setTimeout(() => done((performance.now() - start) / 1000)));
    }).observe(stop, { attributes: true });
    if (!first.hidden) first.click();
    if (stop.hidden) go.click();
})"""

REPORT = """\
# From the click on Run to the answer

Python in the reader's own browser, on the page of chapter 1: the seconds from the click on Run
to the frame in which the verdict, or the figure, stands; median of {starts} starts, and of {runs}
runs after the first (the slowest in brackets). `tools/verdict.py` says how this is measured.

- Aims: the first verdict within {aim} s and the first figure within {aim_figure} s of a cold start, {aim_next} s for each next run.
- Machine: {cores} cores ({processor}), load {load:.1f} at the start, {load_end:.1f} at the end.
- Browser: Chromium {version}, headless. No network: at 20 Mbit/s each MB adds 0.4 s to a cold start.
- To measure again: `make verdict`; to keep it: `make -s verdict >benchmarks/exercises.md`.

| what is run | cold start | page opened again | next run | a cold start costs processors | loaded, compressed |
|---|--:|--:|--:|--:|--:|
{rows}"""


def serve() -> tuple[http.server.ThreadingHTTPServer, str]:
    class Handler(http.server.SimpleHTTPRequestHandler):
        extensions_map = http.server.SimpleHTTPRequestHandler.extensions_map | {".mjs": "text/javascript", ".wasm": "application/wasm"}

        def log_message(self, *_):
            pass

        def end_headers(self):
            self.send_header("Cache-Control", "max-age=600")
            super().end_headers()

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), functools.partial(Handler, directory=BOOK))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    return server, f"http://127.0.0.1:{server.server_address[1]}"


def processor_seconds() -> float:
    """What the processes that this one has started, the browser's among them, have used of the processors so far."""
    parents, used, tick = {}, {}, os.sysconf("SC_CLK_TCK")
    for file in Path("/proc").glob("[0-9]*/stat"):
        try:
            pid, fields = file.parent.name, file.read_text().rpartition(")")[2].split()
        except OSError:  # it has ended
            continue
        parents[pid], used[pid] = fields[1], (int(fields[11]) + int(fields[12])) / tick

    def ours(pid: str) -> bool:
        return pid in parents and (parents[pid] == str(os.getpid()) or ours(parents[pid]))

    return sum(used[pid] for pid in used if ours(pid))


def measure(chromium: Browser, address: str, kind: str, place: int) -> tuple[list[list[float]], int]:
    """Seconds of cold starts, of warm ones, of runs after the first, and of the processors; and bytes, compressed."""
    cold, warm, after, spent, size = [], [], [], [], 0
    for start in range(STARTS):
        context = chromium.new_context(viewport={"width": 1280, "height": 900})
        page = context.new_page()
        asked: list[str] = []
        page.goto(f"{address}/chapters/neuron.html")
        page.on("request", lambda request, asked=asked: asked.append(request.url))
        for times in (cold, warm):
            cell = page.locator(kind).nth(place)
            before = processor_seconds()
            times.append(cell.evaluate(CLICK))
            if times is cold:
                spent.append(processor_seconds() - before)
                files = {urlsplit(each).path for each in asked if "/pyodide/" in each or "/run" in each}
                size = sum(len(gzip.compress((BOOK / file.lstrip("/")).read_bytes(), 6)) for file in files)
                page.reload()
        if start == 0:
            after = [cell.evaluate(CLICK) for _ in range(RUNS)]
        context.close()
    return [cold, warm, after, spent], size


def main() -> None:
    executable = browser.chromium() or sys.exit(browser.MISSING)
    load, rows = os.getloadavg()[0], []
    server, address = serve()
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=executable, args=FLAGS)
        for (name, _), kind, place in zip(AIMS.items(), (EXERCISE, FIGURE), (0, 1)):
            times, size = measure(chromium, address, kind, place)
            shown = " | ".join(f"{np.median(each):.2f} ({max(each):.2f})" for each in times)
            rows.append(f"| {name} | {shown} | {size / 1e6:.1f} MB |")
        version = chromium.version
        chromium.close()
    server.shutdown()
    aims = {"aim": AIMS["an exercise"], "aim_figure": AIMS["a cell with a figure"], "aim_next": AIM_NEXT}
    machine = {"cores": os.cpu_count(), "processor": processor(), "load": load, "load_end": os.getloadavg()[0], "version": version}
    print(REPORT.format(starts=STARTS, runs=RUNS, rows="\n".join(rows), **aims, **machine))


if __name__ == "__main__":
    main()
