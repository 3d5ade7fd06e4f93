"""Whole chapters in the reader's browser: from top to bottom, figures and sliders too, and nothing from elsewhere.

They are served as strictly as they can be, with book/content-security-policy-lite.txt, and the pages with the other one.

EVERY_CHAPTER=1 (make test-lite) runs all of them, which takes a while; else one stands for all.
"""

from __future__ import annotations

import functools
import gzip
import http.server
import json
import os
import re
import threading
from pathlib import Path
from types import SimpleNamespace
from urllib.parse import urlsplit

import pytest

from book import launch

ROOT = Path(__file__).resolve().parent.parent
CHAPTERS = sorted(path.stem for path in (ROOT / "chapters").glob("*.ipynb"))
SOME = CHAPTERS if os.environ.get("EVERY_CHAPTER") else ["neuron"]
BUDGET = 26e6  # bytes, compressed: JupyterLite, Python and all that lib needs
POLICIES = [(ROOT / f"book/content-security-policy{which}.txt").read_text().strip() for which in ("", "-lite")]
PATIENCE = 300_000  # milliseconds, for a machine that does other things too; each wait ends as soon as it can

PROMPTS = "[...document.querySelectorAll('.jp-CodeCell .jp-InputPrompt')].map(prompt => prompt.textContent)"
ERRORS = ".jp-OutputArea-output:is([data-mime-type*=error], [data-mime-type*=stderr])"
MOVING = ".jp-OutputArea-output:has(.widget-vbox)"
FIGURE = f"{MOVING} .panels"
PRINTED = "[...document.querySelectorAll('.jp-OutputArea-output[data-mime-type*=stdout]')].map(said => said.textContent).join('')"


@pytest.fixture(scope="module")
def project_page(built_book):
    """The address of the book under a sub-path, where a project's pages stand."""

    class Handler(http.server.SimpleHTTPRequestHandler):
        def log_message(self, *_):
            pass

        def end_headers(self):
            self.send_header("Content-Security-Policy", POLICIES["/lite/" in self.path])
            super().end_headers()

    handler = functools.partial(Handler, directory=built_book.parent)
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_address[1]}/{built_book.name}"
        server.shutdown()


@pytest.fixture
def asked(browser):
    """A new browser's page, the addresses that it and its workers ask for, and what a policy keeps from them."""
    context = browser.new_context(viewport={"width": 1280, "height": 1000})
    context.set_default_timeout(PATIENCE)
    addresses, refused = [], []
    context.on("request", lambda request: addresses.append(request.url))
    context.on("console", lambda said: refused.append(said.text) if "Security Policy" in said.text else None)
    yield context.new_page(), addresses, refused
    context.close()


def wait(page, condition: str) -> None:
    """Wait for what a script says; not at each frame drawn, since a page behind another draws none."""
    page.wait_for_function(condition, polling=300)


def code_cells(chapter: str) -> list[dict]:
    cells = json.loads((ROOT / "chapters" / f"{chapter}.ipynb").read_text())["cells"]
    return [cell for cell in cells if cell["cell_type"] == "code"]


def compressed(addresses: list[str], start: str, folder: Path) -> int:
    """The bytes of the files that were asked for, compressed as a web server would."""
    names = {urlsplit(address).path.removeprefix(urlsplit(start).path + "/") for address in addresses if address.startswith(start)}
    files = [folder / name for name in names if (folder / name).is_file()]
    assert len(files) > 100
    return sum(len(gzip.compress(file.read_bytes(), 6)) for file in files)


@pytest.mark.parametrize("chapter", SOME)
def test_a_chapter_runs_to_its_end_and_its_figures_move(chapter, project_page, built_book, asked):
    page, addresses, refused = asked
    page.goto(f"{project_page}/chapters/{chapter}.html")
    page.get_by_role("button", name="Run this chapter").click()
    with page.expect_popup() as opened:
        page.get_by_role("link", name="In this browser").click()
    page = opened.value
    page.bring_to_front()
    cells = code_cells(chapter)
    wait(page, f"{PROMPTS}.length === {len(cells)}")  # cells come one by one
    page.get_by_role("menuitem", name="Run", exact=True).click()
    page.get_by_text("Run All Cells", exact=True).click()
    wait(page, f"{PROMPTS}.includes('[*]:')")
    wait(page, f"!{PROMPTS}.includes('[*]:')")

    assert page.locator(ERRORS).all_inner_texts() == []
    assert page.evaluate(PROMPTS) == [f"[{count}]:" for count in range(1, len(cells) + 1)]
    outputs = [output for cell in cells for output in cell["outputs"] if output.get("name") == "stdout"]
    assert page.evaluate(PRINTED) == "".join("".join(output["text"]) for output in outputs)

    if any("explore(" in "".join(cell["source"]) for cell in cells):
        before = page.locator(FIGURE).first.inner_html()
        control = page.locator(f"{MOVING} :is([role=slider], .widget-toggle-button:not(.mod-active))").first
        if control.get_attribute("role") == "slider":
            control.press("ArrowRight")
        else:
            control.click()
        wait(page, f"document.querySelector({json.dumps(FIGURE)}).innerHTML !== {json.dumps(before)}")

    hosts = {urlsplit(address).netloc for address in addresses if not address.startswith(("data:", "blob:"))}
    assert hosts == {urlsplit(project_page).netloc}
    assert refused == []
    assert compressed(addresses, project_page, built_book) < BUDGET


def test_a_notebook_that_asks_for_more_is_told_that_it_is_not_here(built_book):
    settings = json.loads((built_book / "lite" / "jupyter-lite.json").read_text())["jupyter-config-data"]
    kernel = settings["litePluginSettings"]["@jupyterlite/pyodide-kernel-extension:kernel"]
    assert kernel["disablePyPIFallback"] is True
    own = [kernel["pyodideUrl"], *kernel["pipliteUrls"], kernel["loadPyodideOptions"]["lockFileURL"]]
    assert all(re.fullmatch(r"(\./|\.\./)[^:]*", address) for address in own)
    assert (built_book / "lite" / kernel["pyodideUrl"]).is_file()


def test_all_chapters_are_there_and_what_they_link_to(built_book):
    lite = built_book / "lite"
    listed, folders = [], [""]
    while folders:
        content = json.loads((lite / "api" / "contents" / folders.pop() / "all.json").read_text())["content"]
        folders += [entry["path"] for entry in content if entry["type"] == "directory"]
        listed += [entry["path"] for entry in content if entry["type"] != "directory"]
    assert {f"chapters/{name}.ipynb" for name in CHAPTERS} <= set(listed)
    for path in listed:
        assert (lite / "files" / path).read_bytes() == (ROOT / path).read_bytes()
        for target in re.findall(r"\]\(([^)#:]+\.(?:ipynb|md|svg))[)#]", (ROOT / path).read_text()) if "chapters/" in path else []:
            assert (lite / "files" / path).parent.joinpath(target).resolve().is_file(), f"{path} links to {target}"


# --- the launch menu -----------------------------------------------------------------------


def test_every_chapter_offers_its_own_notebook(built_book):
    for name in CHAPTERS:
        html = (built_book / "chapters" / f"{name}.html").read_text()
        assert re.findall(r'href="([^"]*lite/notebooks[^"]*)"', html) == [f"../lite/notebooks/index.html?path=chapters/{name}.ipynb"]


def test_binder_and_colab_come_with_an_address():
    assert launch.places("relu", "", "main") == []
    for address in ["https://github.com/ada/course", "https://github.com/ada/course.git", "https://github.com/ada/course/"]:
        found = {name: url for name, _, url in launch.places("relu", address, "main")}
        assert found == {
            "Binder": "https://mybinder.org/v2/gh/ada/course/main?urlpath=lab/tree/chapters/relu.ipynb",
            "Colab": "https://colab.research.google.com/github/ada/course/blob/colab/relu.ipynb",
        }
    ((name, _, url),) = launch.places("relu", "https://git.example/ada/course", "main")
    assert name == "Binder"
    assert url == "https://mybinder.org/v2/git/https%3A%2F%2Fgit.example%2Fada%2Fcourse/main?urlpath=lab/tree/chapters/relu.ipynb"


@pytest.mark.parametrize(("address", "told"), [("", "No repository is named in _config.yml"), ("https://github.com/ada/course", "")])
def test_the_build_says_when_no_repository_is_known(address, told, capsys):
    launch.tell(SimpleNamespace(config=SimpleNamespace(html_theme_options={"repository_url": address})))
    assert capsys.readouterr().err.partition(":")[0] == told


def test_from_a_disk_it_says_that_it_needs_a_server(built_book, page):
    page.goto((built_book / "chapters" / "neuron.html").as_uri())
    page.get_by_role("button", name="Run this chapter").click()
    offer = page.get_by_text("In this browser (needs a server: make serve)")
    offer.wait_for()
    assert page.locator("a[href*='/lite/']").count() == 0
