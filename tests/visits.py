"""Visits: a page of the book opened in a browser, with all that it asked for and complained about."""

from __future__ import annotations

from pathlib import Path

import yaml

ROOT = Path(__file__).resolve().parent.parent
TOC = yaml.safe_load((ROOT / "_toc.yml").read_text())
PAGES = [TOC["root"], *(chapter["file"] for part in TOC["parts"] for chapter in part["chapters"])]


class Visit:
    """One page, opened, with all that it asked for and complained about."""

    def __init__(self, browser, address: str, width: int = 1280, scheme: str = "light", **options):
        self.context = browser.new_context(viewport={"width": width, "height": 900}, color_scheme=scheme, **options)
        self.page = self.context.new_page()
        self.complaints, self.asked = [], []
        self.page.on("console", lambda m: self.complaints.append(m.text) if m.type in ("error", "warning") else None)
        self.page.on("pageerror", lambda error: self.complaints.append(str(error)))
        self.page.on("requestfailed", lambda request: self.complaints.append(f"failed: {request.url}"))
        self.page.on("response", lambda r: self.complaints.append(f"{r.status}: {r.url}") if r.status >= 400 else None)
        self.page.on("request", lambda request: self.asked.append(request.url))
        self.page.goto(address, wait_until="load")
        if self.page.evaluate("Boolean(window.MathJax)"):
            self.page.evaluate("MathJax.startup.promise")

    def __enter__(self) -> Visit:
        return self

    def __exit__(self, *_):
        self.context.close()
