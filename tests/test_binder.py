"""The environment that Binder makes of this checkout: a chapter runs in it to its end, and its figures move.

`make test-binder` makes that environment (tools/binder.py) and names it in BINDER; `make test` leaves this out.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from pathlib import Path

from labs import PATIENCE, jupyterlab

ROOT = Path(__file__).resolve().parent.parent
CHAPTER = "neuron"
PYTHON = ROOT / os.environ["BINDER"] / "bin" / "python"


def listed() -> set[str]:
    told = subprocess.run([PYTHON, "-m", "pip", "list", "--format=json"], capture_output=True, text=True, check=True)
    return {package["name"].lower() for package in json.loads(told.stdout)}


def test_it_holds_what_notebooks_need_and_no_more():
    names = listed()
    assert {"activation-functions-course", "jupyterlab", "notebook", "ipywidgets", "jupyterlab_widgets"} <= names
    assert not {"sphinx", "jupyter-book", "jax", "playwright", "jupyterlite-core"} & names


def test_its_packages_fit_together():
    checked = subprocess.run([PYTHON, "-m", "pip", "check"], capture_output=True, text=True)
    assert checked.returncode == 0, checked.stdout


def saved(path: Path) -> list[dict]:
    return [cell for cell in json.loads(path.read_text())["cells"] if cell["cell_type"] == "code"]


def printed(cell: dict) -> str:
    """All that a cell printed, which a kernel may send in pieces."""
    return "".join("".join(output["text"]) for output in cell["outputs"] if output.get("name") == "stdout")


def test_a_chapter_runs_to_its_end_and_its_figures_move(browser, tmp_path):
    chapters = tmp_path / "work" / "chapters"
    chapters.mkdir(parents=True)
    notebook = chapters / f"{CHAPTER}.ipynb"
    committed = saved(ROOT / "chapters" / notebook.name)
    shutil.copyfile(ROOT / "chapters" / notebook.name, notebook)
    (tmp_path / "home").mkdir()
    context = browser.new_context(viewport={"width": 1280, "height": 4000})
    context.set_default_timeout(2000 * PATIENCE)
    with jupyterlab(PYTHON, tmp_path / "home", chapters.parent) as address:
        page = context.new_page()
        # What Binder's address ends in.
        page.goto(f"{address}/lab/tree/chapters/{notebook.name}")
        page.get_by_text("| Idle").wait_for()  # what is run before the kernel is there gets lost
        page.get_by_role("menuitem", name="Run", exact=True).click()
        page.locator("#jp-mainmenu-run").get_by_text("Run All Cells", exact=True).click()
        page.get_by_text("| Busy").wait_for()
        page.get_by_text("| Idle").wait_for()

        moving = page.locator(".jp-OutputArea-output:has(.widget-slider)").first
        before = moving.locator(".panels").inner_html()
        moving.get_by_role("slider").first.focus()
        page.keyboard.press("ArrowRight")
        page.wait_for_function(
            "([figure, before]) => figure.querySelector('.panels').innerHTML !== before",
            arg=[moving.element_handle(), before],
        )

        first = notebook.stat().st_mtime_ns
        page.keyboard.press("Control+s")
        while notebook.stat().st_mtime_ns == first:
            page.wait_for_timeout(100)
    context.close()
    cells = saved(notebook)
    assert [cell["execution_count"] for cell in cells] == list(range(1, len(committed) + 1))
    assert [output for cell in cells for output in cell["outputs"] if output["output_type"] == "error"] == []
    assert [printed(cell) for cell in cells] == [printed(cell) for cell in committed]
