"""Run it here: cells and exercises in a real browser, on the pages of the book, in the Python that they bring along.

The book is served as strictly as it can be: under a sub-path, with the policy of
book/content-security-policy.txt, and from this host only.
"""

from __future__ import annotations

import functools
import gzip
import http.server
import json
import re
import threading
from urllib.parse import urlsplit

import pytest
from access import violations
from temptations import TEMPTATIONS
from visits import PAGES, ROOT, Visit

from lib.check.frame import BLANK

POLICY = (ROOT / "book/content-security-policy.txt").read_text().strip()
LOADED = 90_000  # milliseconds that Python may take to load on a machine that has much else to do
ENDLESS = "while True:\n    pass"
FIRST_BUDGET = 9_750_000  # bytes, compressed: Python, numpy and lib, for the first verdict of a visit
FIGURE_BUDGET = 17_000_000  # the same with matplotlib


def notebook(name):
    return json.loads((ROOT / f"{name}.ipynb").read_text(encoding="utf-8"))


CHAPTERS = [name for name in PAGES if (ROOT / f"{name}.ipynb").exists() and '"exercise"' in (ROOT / f"{name}.ipynb").read_text()]


@pytest.fixture(scope="module")
def strict(built_book):
    """The address of the book under a sub-path, served with the strict policy; `asked` lists what was fetched."""

    class Handler(http.server.SimpleHTTPRequestHandler):
        extensions_map = http.server.SimpleHTTPRequestHandler.extensions_map | {
            ".mjs": "text/javascript",
            ".wasm": "application/wasm",
        }

        def log_message(self, *_):
            pass

        def end_headers(self):
            self.send_header("Content-Security-Policy", POLICY)
            self.send_header("Cache-Control", "max-age=600")
            super().end_headers()

    with http.server.ThreadingHTTPServer(
        ("127.0.0.1", 0), functools.partial(Handler, directory=built_book.parent)
    ) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_address[1]}/{built_book.name}"
        server.shutdown()


class Box:
    """A cell or an exercise of a page, as a reader works with it."""

    def __init__(self, visit, place, kind=".tag_exercise"):
        self.page, self.cell = visit.page, visit.page.locator(kind).nth(place)
        self.output, self.status = self.cell.locator(".run-output"), self.cell.locator(".run-status")
        self.editor = self.cell.locator(".cm-content")

    def button(self, name):
        return self.cell.get_by_role("button", name=name, exact=True)

    def write(self, text=None):
        if not self.editor.count():
            self.button("Answer here" if self.button("Answer here").is_visible() else "Edit").click()
            self.editor.wait_for()
        if text is not None:
            self.editor.fill(text)
        return self

    def run(self):
        """Run it, and return what is shown when it is done."""
        self.button("Run").click()
        self.stop().wait_for(state="hidden", timeout=LOADED)
        return self.shown()

    def stop(self):
        return self.button("Stop")

    def shown(self):
        return f"{self.output.inner_text()}{self.status.inner_text()}".strip()

    def text(self):
        lines = self.cell.locator(".cm-line")
        return "\n".join(lines.all_inner_texts()) if lines.count() else self.cell.locator(".run-editor pre").inner_text()


CELL = ".cell:not(.tag_exercise):not(.tag_solution)"


def exercises(name):
    """Of each exercise of a chapter its check, the stub, and what its published solution adds to the stub."""
    import sys

    sys.path.insert(0, str(ROOT / "book/assets"))
    from run import needed

    found = []
    for cell in notebook(name)["cells"]:
        tags, source = cell["metadata"].get("tags", []), "".join(cell["source"])
        if "exercise" in tags:
            found.append((re.search(r"(?m)^check\.(\w+)", source)[1], source, []))
        elif "solution" in tags:
            found[-1][2].append(source)
    for check, stub, cells in found:
        (begun, _), (last, call) = ((text[: (at := text.rindex("check."))], text[at:]) for text in (stub, cells[-1]))
        parts = [*cells[:-1], last]  # a solution may also measure what its check doesn't ask for
        yield check, stub, "\n\n".join([begun, *(parts[n] for n in needed(parts, call)), call])


def tempted(check, solution):
    right, wrong, reason = TEMPTATIONS[check]
    assert right in solution, f"the solution of {check} has changed: {right!r} is not in it"
    return (solution.replace(right, wrong) if right else wrong), reason


def test_every_exercise_has_a_temptation():
    assert sorted(check for name in CHAPTERS for check, *_ in exercises(name)) == sorted(TEMPTATIONS)


@pytest.mark.parametrize("name", CHAPTERS)
def test_every_exercise_is_judged_on_its_page(browser, strict, name):
    """The stub is greeted, the solution passes, a mistake is refused with a reason; a loop is stopped, a reload keeps it."""
    wrong = []
    with Visit(browser, f"{strict}/{name}.html") as visit:
        for place, (check, _, solution) in enumerate(exercises(name)):
            box = Box(visit, place).write()
            if (said := box.run()) != BLANK:
                wrong.append(f"{check}, the stub: {said}")
            mistake, reason = tempted(check, solution)
            said = box.write(mistake).run()
            if "✗" not in said or reason not in said:
                wrong.append(f"{check}, a mistake: {said}")
            said = box.write(solution).run()
            if not said.endswith("All of it holds. Well done.") or "✗" in said or "Traceback" in said:
                wrong.append(f"{check}, the solution: {said}")
        assert wrong == []
        assert violations(visit.page) == []
        assert {urlsplit(address).netloc for address in visit.asked if address.startswith("http")} == {urlsplit(strict).netloc}
        assert visit.complaints == []
        box.write(ENDLESS).button("Run").click()
        box.status.filter(has_text="Running").wait_for(timeout=LOADED)
        box.stop().click()
        assert box.shown() == "Stopped."
        visit.page.reload()
        assert box.text() == ENDLESS


# --- what a page loads -------------------------------------------------------------------


def weight(visit, built_book, strict, kinds=("/pyodide/", "/vendor/editor/", "/run")):
    """Bytes of what was fetched for running, compressed as a web server would."""
    files = {urlsplit(a).path.removeprefix("/html") for a in visit.asked if a.startswith(strict)}
    files = [file for file in files if any(kind in file for kind in kinds)]
    return sum(len(gzip.compress((built_book / file.lstrip("/")).read_bytes(), 6)) for file in files)


def test_nothing_is_loaded_before_a_reader_asks_and_then_within_a_budget(browser, strict, built_book):
    with Visit(browser, f"{strict}/chapters/neuron.html") as visit:
        assert not [address for address in visit.asked if "pyodide" in address or "editor" in address or "worker" in address]
        box = Box(visit, 0).write()
        assert box.run() == BLANK
        assert not [address for address in visit.asked if "matplotlib" in address]
        assert 5_000_000 < weight(visit, built_book, strict) <= FIRST_BUDGET
        asked = len(visit.asked)
        assert Box(visit, 1).write().run() == BLANK
        assert len(visit.asked) == asked, "the second exercise loads nothing"
        assert "✓" not in box.write("curves({'a': ([0, 1], [0, 1])}, title='A line')").run()
        box.output.locator("svg").wait_for()
        assert box.output.locator(".panels").get_attribute("aria-label").startswith("A line")
        assert weight(visit, built_book, strict) <= FIGURE_BUDGET
        assert visit.complaints == []


def test_how_far_loading_is_can_be_seen(browser, strict):
    with Visit(browser, f"{strict}/chapters/neuron.html") as visit:
        box = Box(visit, 0).write()
        box.button("Run").click()
        bar = box.cell.get_by_role("progressbar", name="Loading")
        bar.wait_for()
        said = box.cell.locator(".run-progress span")
        said.filter(has_text=re.compile(r"^Python: \d+\.\d of \d\d\.\d MB")).wait_for(timeout=LOADED)
        box.stop().wait_for(state="hidden", timeout=LOADED)
        assert bar.is_hidden() and box.shown() == BLANK


def test_a_page_opened_from_a_disk_says_what_else_there_is(browser, built_book):
    with Visit(browser, (built_book / "chapters/neuron.html").as_uri()) as visit:
        box = Box(visit, 0)
        box.button("Answer here").click()
        assert "opened from a disk" in box.status.inner_text() and "make serve" in box.status.inner_text()
        cell = Box(visit, 1, CELL)
        cell.button("Run").click()
        assert "opened from a disk" in cell.status.inner_text()
        assert visit.complaints == []


def test_without_scripts_a_page_reads_as_ever(browser, strict):
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(f"{strict}/chapters/neuron.html")
    assert page.locator(".run-bar").count() == 0
    assert "witness = ..." in page.locator(".tag_exercise pre").first.inner_text()
    context.close()


def test_where_the_files_are_missing_it_is_said(browser, strict):
    with Visit(browser, f"{strict}/chapters/neuron.html") as visit:
        visit.context.route("**/pyodide/*", lambda route: route.fulfill(status=404, body=""))
        box = Box(visit, 0).write()
        box.button("Run").click()
        box.status.filter(has_text="Python stopped").wait_for()
        visit.context.unroute("**/pyodide/*")
        assert box.run() == BLANK, "and it can be tried again"


# --- what a reader does ------------------------------------------------------------------


@pytest.fixture(scope="module")
def opened(browser, strict):
    """A chapter's page on which Python is there."""
    with Visit(browser, f"{strict}/chapters/neuron.html") as visit:
        Box(visit, 0).write().run()
        yield visit
        assert visit.complaints == []


def test_an_endless_loop_can_be_stopped_and_the_answer_stays(browser, strict):
    with Visit(browser, f"{strict}/chapters/neuron.html") as visit:
        box = Box(visit, 0).write(ENDLESS)
        box.button("Run").click()
        box.status.filter(has_text="Running").wait_for(timeout=LOADED)
        box.stop().click()
        assert box.shown() == "Stopped."
        assert box.text() == ENDLESS
        assert box.write("witness, bias = [0, 0], -4\ncheck.sign_of_the_bias(witness, bias)").run().endswith("Well done.")
        assert visit.complaints == []


def test_an_answer_outlives_a_reload_until_it_is_reset(browser, strict):
    answer = "witness = [0, 0]\nbias = -4\ncheck.sign_of_the_bias(witness, bias)"
    with Visit(browser, f"{strict}/chapters/neuron.html") as visit:
        Box(visit, 0).write(answer)
        visit.page.reload()
        box = Box(visit, 0)
        assert box.text() == answer and not Box(visit, 1).button("Reset").is_visible()
        assert not [address for address in visit.asked if "pyodide.mjs" in address][1:], "nothing is loaded again unasked"
        assert box.write().text() == answer
        assert box.run().endswith("Well done.")
        box.button("Reset").click()
        assert box.text().startswith("witness = ...")
        assert box.cell.locator(".cell_output").first.is_visible()
        visit.page.reload()
        assert "witness = ..." in Box(visit, 0).cell.locator("pre").first.inner_text()


def test_an_error_is_shown_as_python_shows_it_cut_to_the_readers_lines(opened):
    box = Box(opened, 0).write("def f(x):\n    return x + 'one'\n\nf(2)")
    assert box.run().splitlines()[:6] == [
        "Traceback (most recent call last):",
        '  File "your answer", line 4, in <module>',
        "    f(2)",
        "    ~^^^",
        '  File "your answer", line 2, in f',
        "    return x + 'one'",
    ]
    assert "TypeError" in box.shown() and "/lib/" not in box.shown() and "run.py" not in box.shown()
    assert box.write("check.best_neuron(").run().endswith("SyntaxError: '(' was never closed")
    assert "SystemExit" in box.write("raise SystemExit").run()
    assert "Error: " in box.write("np.zeros(10**9)").run()
    assert "RecursionError" in box.write("def f():\n    return f()\n\nf()").run()
    endless = "class Endless:\n    def __repr__(self):\n        return repr(self)\n\nEndless()"
    assert "RecursionError" in box.write(endless).run()
    assert "the rest is left out" in box.write("for i in range(10**5):\n    print(i)").run()
    assert box.write("np.array([1, 2])").run() == "array([1, 2])", "and it goes on"


def test_a_figure_of_the_readers_own_is_shown(opened, built_book, strict):
    box = Box(opened, 0).write("import matplotlib.pyplot as plt\n\nplt.plot([1, 4, 9])\nplt.title('Squares')\nplt.show()")
    box.run()
    image = box.output.get_by_role("img", name="Squares")
    assert image.evaluate("async (image) => (await image.decode(), image.naturalWidth)") > 400
    assert box.shown() == "" and image.get_attribute("src").startswith("data:image/svg+xml")
    assert weight(opened, built_book, strict) <= FIGURE_BUDGET


def test_answers_stand_by_themselves(opened):
    assert Box(opened, 0).write("mine = 3\nmine").run() == "3"
    assert "NameError" in Box(opened, 1).write("mine").run()
    assert "NameError" in Box(opened, 0).write("mine").run(), "nothing is left over from the last run"


def test_a_keyboard_is_enough(opened):
    box, page = Box(opened, 0).write("1 + 1"), opened.page
    box.editor.focus()
    page.keyboard.press("Control+End")
    page.keyboard.press("Enter")
    page.keyboard.type("2 + 2")
    page.keyboard.press("Shift+Enter")
    box.output.filter(has_text="4").wait_for()
    box.editor.focus()
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.textContent") == "Run"
    page.keyboard.press("Shift+Tab")
    assert page.evaluate("document.activeElement.getAttribute('aria-label')").startswith("Exercise 1: ")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    box.stop().wait_for(state="hidden")
    assert box.shown() == "4" and page.evaluate("document.activeElement.textContent") == "Run"


# --- the chapter's own cells -------------------------------------------------------------


def test_a_cell_runs_after_those_before_it_and_an_edit_can_be_undone(browser, strict):
    cells = [cell for cell in notebook("chapters/neuron")["cells"] if cell["cell_type"] == "code" and not cell["metadata"].get("tags")]
    printing = next(n for n, cell in enumerate(cells) if n > 4 and cell["outputs"] and cell["outputs"][0]["output_type"] == "stream")
    with Visit(browser, f"{strict}/chapters/neuron.html") as visit:
        box = Box(visit, printing, CELL)
        assert box.run() == "".join(cells[printing]["outputs"][0]["text"]).strip(), "as it stands on the page"
        first = Box(visit, 0, CELL)
        first.run()
        first.write("import numpy as np\nprint(6 * 7)")
        assert first.run() == "42"
        first.button("Reset").click()
        assert "from lib import" in first.text() and not first.output.count()
        moving = visit.page.locator(CELL).filter(has=visit.page.locator("figure.explore")).first
        moving.get_by_role("button", name="Run").click()
        moving.locator(".run-output .explore-controls").wait_for(timeout=LOADED)
        slider = moving.locator(".run-output input[type=range]").first
        before = moving.locator(".run-output .panels").inner_html()
        slider.focus()
        visit.page.keyboard.press("End")
        visit.page.wait_for_timeout(300)
        assert moving.locator(".run-output .panels").inner_html() != before
        assert visit.complaints == []


def test_both_colours_and_a_telephone_suit_an_open_box(browser, strict):
    with Visit(browser, f"{strict}/chapters/neuron.html", 390, "dark") as visit:
        box = Box(visit, 4).write("# a comment\ndef f(x):\n    return 'text', 1.5, None\n\nprint(f(2))\n1 / 0")
        assert "ZeroDivisionError" in box.run()
        assert visit.page.evaluate("document.documentElement.scrollWidth") <= 390
        assert violations(visit.page) == []
