"""No script inside a page: what the theme writes there moves into files of its own.

A host may then forbid all scripts inside pages, as book/content-security-policy.txt does, and
every page still works.
"""

from __future__ import annotations

import hashlib
import os
import re
from pathlib import Path

SCRIPT = re.compile(r"<script((?![^>]*\b(?:src|type)=)[^>]*)>(.*?)</script>", re.DOTALL)
HANDLERS = {'onclick="toggleFullScreen()"': 'data-click="fullscreen"', 'onclick="window.print()"': 'data-click="print"'}


def without_inline_scripts(html: str, place: Path, page: Path) -> str:
    """The page's text with each inline script in a file at `place`; course.js takes the two handlers over."""

    def moved(script: re.Match) -> str:
        attributes, code = script.groups()
        file = place / f"{hashlib.sha256(code.encode()).hexdigest()[:12]}.js"
        place.mkdir(exist_ok=True)
        file.write_text(code.strip() + "\n", encoding="utf-8")
        return f'<script{attributes} src="{Path(os.path.relpath(file, page.parent)).as_posix()}"></script>'

    for handler, data in HANDLERS.items():
        html = html.replace(handler, data)
    return SCRIPT.sub(moved, html)


def move_scripts(app, exception) -> None:
    if exception or app.builder.format != "html":
        return
    folder = Path(app.outdir)
    own = {Path(app.builder.get_outfilename(name)) for name in app.env.found_docs}
    for page in sorted(own | set(folder.glob("*.html"))):
        before = page.read_text(encoding="utf-8")
        after = without_inline_scripts(before, folder / "_static" / "inline", page)
        if after != before:
            page.write_text(after, encoding="utf-8")


def setup(app):
    app.connect("build-finished", move_scripts)
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}
