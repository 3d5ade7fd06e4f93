"""Every page in a real browser: nothing fails, nothing comes from elsewhere, everybody can use it, none is heavy."""

from __future__ import annotations

import gzip
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from axe_playwright_python.sync_playwright import Axe
from visits import PAGES, Visit

LOOKS = [(width, scheme) for width in (1280, 390) for scheme in ("light", "dark")]
BUDGET = 1_000_000  # bytes, compressed: the first page of a visit, with all that it loads
NEXT_BUDGET = 400_000  # the second page: what is shared is there already

# Without preloading, axe fetches no style sheet a second time (and misreads no address in one).
AXE = {"resultTypes": ["violations"], "preload": False}


@pytest.mark.parametrize(("width", "scheme"), LOOKS)
def test_a_page_is_quiet_stands_alone_fits_and_is_open_to_all(browser, served, name, width, scheme):
    with Visit(browser, f"{served}/{name}.html", width, scheme) as visit:
        assert visit.complaints == []
        hosts = {urlsplit(address).netloc for address in visit.asked if not address.startswith(("data:", "blob:"))}
        assert hosts == {urlsplit(served).netloc}
        assert visit.page.evaluate("document.documentElement.scrollWidth") <= width
        found = Axe().run(visit.page, options=AXE).response["violations"]
        assert [(rule["id"], node["target"]) for rule in found for node in rule["nodes"]] == []


def test_a_tablet_has_no_sideways_scrolling_either(browser, served, name):
    with Visit(browser, f"{served}/{name}.html", 768) as visit:
        assert visit.page.evaluate("document.documentElement.scrollWidth") <= 768


def test_the_front_door_leads_to_the_welcome_page(page, built_book):
    page.goto((built_book / "index.html").as_uri())
    page.wait_for_url(f"**/{PAGES[0]}.html")


def test_the_search_finds_a_word_without_a_server(browser, built_book):
    with Visit(browser, (built_book / "search.html").as_uri() + "?q=saddle") as visit:
        visit.page.locator("#search-results li a").first.wait_for()
        found = visit.page.locator("#search-results li a").evaluate_all("links => links.map(link => link.href)")
        assert any("chapters/linear.html" in link for link in found)
        assert visit.complaints == []


def loaded_bytes(visit: Visit, built_book: Path, served: str) -> dict[str, int]:
    """What a visit fetched, compressed as a web server would."""
    files = {address.removeprefix(served).split("?")[0].split("#")[0] for address in visit.asked if address.startswith(served)}
    return {file: len(gzip.compress((built_book / file.lstrip("/")).read_bytes(), 6)) for file in files}


def test_the_first_page_of_a_visit_stays_within_its_budget(browser, served, built_book, name):
    with Visit(browser, f"{served}/{name}.html") as visit:
        sizes = loaded_bytes(visit, built_book, served)
        assert f"/{name}.html" in sizes
        assert sum(sizes.values()) <= BUDGET, sizes


def test_the_next_page_of_a_visit_loads_little_more_than_itself(browser, served, built_book, name):
    before = PAGES[PAGES.index(name) - 1]  # as one reads on
    with Visit(browser, f"{served}/{before}.html") as first, Visit(browser, f"{served}/{name}.html") as second:
        cached = loaded_bytes(first, built_book, served)
        fresh = {file: size for file, size in loaded_bytes(second, built_book, served).items() if file not in cached}
        assert sum(fresh.values()) <= NEXT_BUDGET, fresh
