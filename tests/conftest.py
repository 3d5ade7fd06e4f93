"""What several test modules share: the built book, a server for it, and a browser."""

from __future__ import annotations

import fcntl
import functools
import http.server
import os
import subprocess
import sys
import threading
from pathlib import Path

import pytest
from hypothesis import settings
from visits import PAGES

from tools import browser as system_browser

ROOT = Path(__file__).resolve().parent.parent
# What `make test-binder` and `make test-colab` prove needs an environment of its own.
collect_ignore = [] if os.environ.get("BINDER") else ["test_binder.py"]
collect_ignore += [] if os.environ.get("COLAB") else ["test_colab_run.py"]
# What takes minutes comes first, so that the processes of a parallel run end together.
LONGEST = ["run_here", "checks_in_browser", "pages", "toolchain", "figures", "exercises", "explore_browser", "recurrent"]
IN_CI = bool(os.environ.get("CI"))
FLAGS = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]

# A slow machine is no reason to fail; in CI a red test must stay red when it is run again.
settings.register_profile("course", deadline=None, derandomize=IN_CI)
settings.load_profile("course")


def pytest_collection_modifyitems(items):
    places = {f"test_{name}.py": place for place, name in enumerate(LONGEST)}
    items.sort(key=lambda item: places.get(item.path.name, len(LONGEST)))


@pytest.fixture(scope="session")
def built_book() -> Path:
    """The folder of the built pages; `make` has nothing to do where they are fresh."""
    # make may set up environments that it made itself, and no other.
    own = [f"VENV={sys.prefix}"] if Path(sys.prefix, "ready").exists() else []
    # The workers of a parallel run take turns; any file that stays can be the lock.
    with open(ROOT / "Makefile") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        made = subprocess.run(["make", "book", *own], cwd=ROOT, capture_output=True, text=True)
    if made.returncode:
        pytest.fail(f"The book could not be built:\n{made.stdout}{made.stderr}", pytrace=False)
    return ROOT / "_build" / "html"


@pytest.fixture(scope="session")
def served(built_book) -> str:
    """The address of a server for the built pages, without a slash at its end."""

    class Handler(http.server.SimpleHTTPRequestHandler):
        def log_message(self, *_):
            pass

    handler = functools.partial(Handler, directory=built_book)
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_address[1]}"
        server.shutdown()


# One browser a module: Playwright's event loop, left running, would trouble nbval's notebooks.
@pytest.fixture(scope="module")
def browser():
    """A Chromium, driven by Playwright."""
    path = system_browser.chromium()
    if path is None:
        (pytest.fail if IN_CI else pytest.skip)(system_browser.MISSING)
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=path, args=FLAGS)
        yield chromium
        chromium.close()


@pytest.fixture(scope="session")
def kept_in_a_sandbox():
    """Strangers' code can be kept in a sandbox here."""
    from grading import sandbox

    if trouble := sandbox.trouble():
        (pytest.fail if IN_CI else pytest.skip)(f"Strangers' code can't be kept in a sandbox: {trouble}")


@pytest.fixture
def page(browser):
    """A fresh page, 1280 pixels wide, that remembers nothing of the pages before it."""
    context = browser.new_context(viewport={"width": 1280, "height": 800})
    yield context.new_page()
    context.close()


@pytest.fixture(params=PAGES)
def name(request) -> str:
    """Each page of the book in turn, by its name in the table of contents."""
    return request.param
