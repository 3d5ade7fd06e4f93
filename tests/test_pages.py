"""Every page in a real browser: nothing fails, nothing comes from elsewhere, everybody can use it, none is heavy."""

from __future__ import annotations

import gzip
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from access import violations
from visits import PAGES, Visit

LOOKS = [(1280, ("light", "dark")), (390, ("dark", "light"))]  # one scheme as it is loaded, the other switched to
BUDGET = 1_000_000  # bytes, compressed: the first page of a visit, with all that it loads
NEXT_BUDGET = 400_000  # the second page: what is shared is there already

SETTLED = "Promise.allSettled(document.getAnimations().filter((a) => a instanceof CSSTransition).map((a) => a.finished))"


@pytest.mark.parametrize(("width", "schemes"), LOOKS)
def test_a_page_is_quiet_stands_alone_fits_and_is_open_to_all(browser, served, name, width, schemes):
    with Visit(browser, f"{served}/{name}.html", width, schemes[0]) as visit:
        assert visit.page.evaluate("document.documentElement.scrollWidth") <= width
        for scheme in schemes:
            visit.page.emulate_media(color_scheme=scheme)
            visit.page.wait_for_function(f"document.documentElement.dataset.theme === '{scheme}'")
            visit.page.evaluate(SETTLED)
            assert violations(visit.page) == []
        hosts = {urlsplit(address).netloc for address in visit.asked if not address.startswith(("data:", "blob:"))}
        assert hosts == {urlsplit(served).netloc}
        assert visit.complaints == []


def test_what_is_too_faint_is_found_wherever_it_stands(browser, served):
    with Visit(browser, f"{served}/chapters/neuron.html") as visit:
        visit.page.add_style_tag(content=".highlight .nn, article p:nth-of-type(2) { color: #bbb !important }")
        targets = {target for rule, (target,) in violations(visit.page) if rule == "color-contrast"}
        assert any(".nn" in target for target in targets) and any("p" in target.split("[")[0] for target in targets)


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
