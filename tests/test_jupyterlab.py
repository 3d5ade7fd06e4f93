"""The same cells in a real JupyterLab: figures move there too, drawn by the kernel."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
from pathlib import Path
from urllib.request import urlopen

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook

import lib
from tools import chapters

ROOT = Path(__file__).resolve().parent.parent
PATIENCE = 90  # seconds, for a machine that does other things too; each wait ends as soon as it can
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

    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    options = [
        "--no-browser",
        "--allow-root",
        "--ip=127.0.0.1",
        f"--port={port}",
        "--ServerApp.port_retries=0",
        "--IdentityProvider.token=",
        f"--ServerApp.root_dir={notebook.parent}",
        "--LabApp.check_for_updates_class=jupyterlab.NeverCheckForUpdate",
    ]
    environment = {key: value for key, value in os.environ.items() if not key.startswith("JUPYTER")}
    environment |= {f"JUPYTER_{what}_DIR": str(home / what.lower()) for what in ("CONFIG", "DATA", "RUNTIME")}
    environment |= {"IPYTHONDIR": str(home / "ipython"), "PYTHONPATH": str(ROOT)}
    with open(home / "log", "w") as log:
        server = subprocess.Popen(
            [sys.executable, "-m", "jupyterlab", *options], stdout=log, stderr=log, cwd=home, env=environment
        )
    try:
        assert chapters.run(notebook) is None  # as a chapter is run before it is committed
        wait_for(server, f"http://127.0.0.1:{port}/api", home / "log")
        yield f"http://127.0.0.1:{port}/lab/tree/{notebook.name}?reset"
    finally:
        server.terminate()
        try:
            server.wait(PATIENCE)
        finally:
            server.kill()


def wait_for(server, address, log):
    end = time.monotonic() + PATIENCE
    while server.poll() is None and time.monotonic() < end:
        try:
            return urlopen(address, timeout=PATIENCE).close()
        except OSError:
            time.sleep(0.1)
    pytest.fail(f"JupyterLab did not start:\n{log.read_text()}", pytrace=False)


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
