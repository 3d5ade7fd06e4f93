"""The tests of all checks, run once more by the Python of the pages: there too every verdict is the same."""

from __future__ import annotations

import importlib.util
import io
import json
import zipfile
from pathlib import Path

from visits import ROOT, Visit

# What runs the tests there, as it is installed here; all of it is Python only.
PACKAGES = ["pytest", "_pytest", "pluggy", "iniconfig", "mpmath", "pygments", "packaging"]
LONGEST = 900_000  # milliseconds

WORKER = """
import { loadPyodide } from "./pyodide/pyodide.mjs";
const home = new URL("pyodide/", self.location).href;
const lock = await (await fetch(home + "pyodide-lock.json")).json();
const own = home + lock.packages["activation-functions-course"].file_name;
const pyodide = await loadPyodide({ indexURL: home, packages: ["numpy", own] });
pyodide.unpackArchive(await (await fetch("suite.zip")).arrayBuffer(), "zip", { extractDir: "/course" });
pyodide.setStdout({ batched: (line) => postMessage({ line }) });
const code = pyodide.runPython(`
    import os, sys
    sys.path[:0] = ["/course/tests", "/course/site"]
    os.chdir("/course")
    import pytest
    int(pytest.main(["--noconftest", "-p", "no:cacheprovider", "-q", "--tb=short", "tests"]))
`);
postMessage({ code });
"""

RUN = """() => new Promise((done) => {
    const lines = [];
    const worker = new Worker("../suite.js", { type: "module" });
    worker.onerror = (event) => done([1, [event.message]]);
    worker.onmessage = ({ data }) => data.line === undefined ? done([data.code, lines]) : lines.push(data.line);
})"""


def suite() -> bytes:
    """The tests of the checks, the chapters that they read (without outputs), and pytest, as one archive."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        for pattern in ("test_check_*.py", "test_exercises.py", "exercises.py", "nonsense.py"):
            for file in (ROOT / "tests").glob(pattern):
                archive.write(file, f"tests/{file.name}")
        for file in (ROOT / "chapters").glob("*.ipynb"):
            notebook = json.loads(file.read_text(encoding="utf-8"))
            for cell in notebook["cells"]:
                cell.pop("outputs", None)
            archive.writestr(f"chapters/{file.name}", json.dumps(notebook))
        for package in PACKAGES:
            place = Path(importlib.util.find_spec(package).origin)
            for file in place.parent.rglob("*.py") if place.name == "__init__.py" else [place]:
                archive.write(file, f"site/{file.relative_to(place.parent.parent)}")
            for file in place.parent.parent.glob(f"{package.strip('_')}-*.dist-info/*"):
                if file.is_file():
                    archive.write(file, f"site/{file.relative_to(place.parent.parent)}")
    return packed.getvalue()


def test_every_check_judges_alike_in_the_python_of_the_pages(browser, served):
    with Visit(browser, f"{served}/chapters/neuron.html") as visit:
        visit.context.route("**/suite.js", lambda route: route.fulfill(body=WORKER, content_type="text/javascript"))
        visit.context.route("**/suite.zip", lambda route: route.fulfill(body=suite()))
        visit.page.set_default_timeout(LONGEST)
        code, lines = visit.page.evaluate(RUN)
    assert code == 0, "\n".join(lines[-200:])
