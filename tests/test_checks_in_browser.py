"""The tests of all checks, run once more by the Python of the pages: there too every verdict is the same."""

from __future__ import annotations

import io
import json
import os
import zipfile
from pathlib import Path

import pytest
from visits import ROOT, Visit

# What runs the tests there, as it is installed here; all of it is Python only.
PACKAGES = ["pytest", "_pytest", "pluggy", "iniconfig", "mpmath", "pygments", "packaging", "py"]
LONGEST = 900_000  # milliseconds

# There is no scipy there, and no thread. Nonsense, 18,000 answers of it, takes long; ALL_CHECKS=1 tries that too.
CHOSEN = "not scipy and not thread" + ("" if os.environ.get("ALL_CHECKS") else " and not nonsense")

WORKER = """
import { loadPyodide } from "./pyodide/pyodide.mjs";
const home = new URL("pyodide/", self.location).href;
const lock = await (await fetch(home + "pyodide-lock.json")).json();
const own = home + lock.packages["activation-functions-course"].file_name;
const pyodide = await loadPyodide({ indexURL: home, packages: ["matplotlib", own] });  // a solution draws
pyodide.unpackArchive(await (await fetch("suite.zip")).arrayBuffer(), "zip", { extractDir: "/course" });
pyodide.setStdout({ batched: (line) => postMessage({ line }) });
const code = pyodide.runPython(`
    import os, sys
    sys.path[:0] = ["/course", "/course/tests", "/course/site"]
    os.chdir("/course")
    sys.setrecursionlimit(400)  # as book/assets/run.py does
    import pytest
    int(pytest.main(["--noconftest", "-p", "no:cacheprovider", "-q", "--tb=short", "--assert=plain", "-k", "CHOSEN", "tests"]))
`);
postMessage({ code });
"""

RUN = """() => new Promise((done) => {
    const lines = [];
    const worker = new Worker("../suite.js", { type: "module" });
    worker.onerror = (event) => done([1, [...lines, event.message]]);
    worker.onmessage = ({ data }) => data.line === undefined ? done([data.code, lines]) : lines.push(data.line);
})"""


def suite() -> bytes:
    """The tests of the checks, the chapters that they read (without outputs), and pytest, as one archive."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        for pattern in ("test_check_*.py", "test_exercises.py", "exercises.py", "nonsense.py"):
            for file in (ROOT / "tests").glob(pattern):
                archive.write(file, f"tests/{file.name}")
        archive.write(ROOT / "tools/exercises.py", "tools/exercises.py")
        for file in (ROOT / "chapters").glob("*.ipynb"):
            notebook = json.loads(file.read_text(encoding="utf-8"))
            for cell in notebook["cells"]:
                cell.pop("outputs", None)
            archive.writestr(f"chapters/{file.name}", json.dumps(notebook))
        site = Path(pytest.__file__).parent.parent
        for package in PACKAGES:
            for file in [*(site / package).rglob("*.py"), *site.glob(f"{package}.py"), *site.glob(f"{package}-*.dist-info/METADATA")]:
                archive.write(file, f"site/{file.relative_to(site)}")
    return packed.getvalue()


def test_every_check_judges_alike_in_the_python_of_the_pages(browser, served):
    with Visit(browser, f"{served}/chapters/neuron.html") as visit:
        visit.context.route("**/suite.js", lambda route: route.fulfill(body=WORKER.replace("CHOSEN", CHOSEN), content_type="text/javascript"))
        visit.context.route("**/suite.zip", lambda route: route.fulfill(body=suite()))
        visit.page.set_default_timeout(LONGEST)
        code, lines = visit.page.evaluate(RUN)
    assert code == 0, "\n".join(lines[-200:])
