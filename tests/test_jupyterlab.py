"""The same cells in a real JupyterLab: figures move there too, drawn by the kernel."""

from __future__ import annotations

import sys
from pathlib import Path

import nbformat
import pytest
from labs import PATIENCE, jupyterlab
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook

import lib
from tools import chapters

ROOT = Path(__file__).resolve().parent.parent
IMPORTS = "from lib import elu, explore, leaky_relu, plot, relu, sigmoid, tanh"
CELLS = {
    "picture": "plot(sigmoid)",
    "slider": "explore(elu, alpha=(0.5, 1.5, 0.5))",
    "choice": "explore(lambda activation=tanh: plot(activation), activation=[sigmoid, tanh, relu])",
    "sequence": "explore(lambda tenths=0: plot(leaky_relu(tenths / 10)), tenths=range(4))",
}
# What the test draws for itself, to compare.
FIGURES = {name: eval(code, vars(lib).copy()) for name, code in CELLS.items()}


@pytest.fixture(scope="module")
def lab(tmp_path_factory):
    """The address of a notebook in a JupyterLab that has its settings, its trust and its log in a folder of its own."""
    home = tmp_path_factory.mktemp("lab")
    notebook = home / "work" / "moving.ipynb"
    notebook.parent.mkdir()
    code = [new_code_cell(IMPORTS), *(new_code_cell(code, id=name) for name, code in CELLS.items())]
    nbformat.write(new_notebook(cells=[new_markdown_cell("# Moving"), *code]), notebook)

    assert chapters.run(notebook) is None  # as a chapter is run before it is committed
    with jupyterlab(sys.executable, home, notebook.parent, PYTHONPATH=str(ROOT)) as address:
        yield f"{address}/lab/tree/{notebook.name}?reset"


@pytest.fixture
def opened(browser, lab):
    """The notebook as it was saved, in JupyterLab, where nothing may go wrong."""
    faults = []
    # High enough for all cells: those out of sight are not drawn.
    context = browser.new_context(viewport={"width": 1280, "height": 3000})
    context.set_default_timeout(1000 * PATIENCE)
    page = context.new_page()
    page.on("pageerror", lambda error: faults.append(str(error)))
    page.on("console", lambda message: faults.append(message.text) if message.type == "error" else None)
    page.goto(lab)
    for name in CELLS:
        output(page, name).wait_for()
    yield page
    context.close()
    assert faults == []


def output(page, name):
    """What stands below a cell of the notebook."""
    cell = 1 + list(CELLS).index(name)  # after the imports
    return page.locator(".jp-CodeCell").nth(cell).locator(".jp-OutputArea-output")


def shows(page, name, **values):
    """Wait until a cell shows exactly what Python draws for these values."""
    page.wait_for_function(
        """([output, frame]) => {
             const template = document.createElement("template");
             template.innerHTML = frame;
             return output.querySelector(".panels")?.isEqualNode(template.content.firstChild);
           }""",
        arg=[output(page, name).element_handle(), FIGURES[name].picture(**values).html],
    )
    return True


def test_a_notebook_that_was_not_run_says_what_it_shows(opened):
    """JupyterLab does not trust a file that came from elsewhere: no drawing in it is shown, but its words are."""
    assert output(opened, "picture").inner_text().split() == FIGURES["picture"].alt.split()
    for name, moves, start in [
        ("slider", "alpha (0.5 to 1.5)", "alpha = 1.0"),
        ("choice", "activation (sigmoid, tanh, ReLU)", "activation = tanh"),
        ("sequence", "tenths (0 to 3)", "tenths = 0"),
    ]:
        caption = output(opened, name).locator("figcaption").inner_text()
        assert caption == f"This figure moves: {moves}. Shown here: {start}."


def test_figures_move_by_keyboard_and_the_kernel_draws_them(opened):
    page = opened
    page.get_by_text("| Idle").wait_for()  # what is run before the kernel is there gets lost
    page.get_by_role("menuitem", name="Run", exact=True).click()
    page.locator("#jp-mainmenu-run").get_by_text("Run All Cells", exact=True).click()

    assert shows(page, "slider", alpha=1) and shows(page, "choice", activation=lib.tanh)
    assert shows(page, "sequence", tenths=0)
    image = output(page, "picture").locator("img")
    assert image.evaluate("image => image.decode().then(() => image.naturalWidth)") > 0
    assert image.evaluate("async image => (await fetch(image.src)).text()") == FIGURES["picture"].svg

    # Ten times as finely as on a page: the kernel draws what was never stored.
    slider = output(page, "slider")
    slider.get_by_role("slider").focus()
    for key, alpha in [("ArrowRight", 1.05), ("Home", 0.5), ("End", 1.5), ("ArrowLeft", 1.45)]:
        page.keyboard.press(key)
        assert shows(page, "slider", alpha=alpha)
        assert slider.locator(".widget-readout").inner_text() == f"{alpha:.3f}"

    for activation, key in [(lib.relu, "Space"), (lib.sigmoid, "Enter")]:
        output(page, "choice").get_by_role("button", name=activation.name).focus()
        page.keyboard.press(key)
        assert shows(page, "choice", activation=activation)

    sequence = output(page, "sequence")
    sequence.get_by_role("slider").focus()
    page.keyboard.press("ArrowRight")
    assert shows(page, "sequence", tenths=1)
    sequence.get_by_role("button").first.focus()
    page.keyboard.press("Space")
    assert shows(page, "sequence", tenths=3)  # Play went on to the end
    # No figure moved another.
    assert shows(page, "slider", alpha=1.45) and shows(page, "choice", activation=lib.sigmoid)
