"""Every page in a real browser: nothing fails, nothing comes from elsewhere, everybody can use it, all figures move."""

from __future__ import annotations

import gzip
import json
from pathlib import Path
from urllib.parse import urlsplit

import pytest
import yaml
from axe_playwright_python.sync_playwright import Axe

ROOT = Path(__file__).resolve().parent.parent
TOC = yaml.safe_load((ROOT / "_toc.yml").read_text())
PAGES = [TOC["root"], *(chapter["file"] for part in TOC["parts"] for chapter in part["chapters"])]
LOOKS = [(width, scheme) for width in (1280, 390) for scheme in ("light", "dark")]
BUDGET = 1_000_000  # bytes, compressed: the first page of a visit, with all that it loads
NEXT_BUDGET = 400_000  # the second page: what is shared is there already

# Without preloading, axe fetches no style sheet a second time (and misreads no address in one).
AXE = {"resultTypes": ["violations"], "preload": False}


class Visit:
    """One page, opened, with all that it asked for and complained about."""

    def __init__(self, browser, address: str, width: int = 1280, scheme: str = "light", **options):
        self.context = browser.new_context(viewport={"width": width, "height": 900}, color_scheme=scheme, **options)
        self.page = self.context.new_page()
        self.complaints, self.asked = [], []
        self.page.on("console", lambda m: self.complaints.append(m.text) if m.type in ("error", "warning") else None)
        self.page.on("pageerror", lambda error: self.complaints.append(str(error)))
        self.page.on("requestfailed", lambda request: self.complaints.append(f"failed: {request.url}"))
        self.page.on("response", lambda r: self.complaints.append(f"{r.status}: {r.url}") if r.status >= 400 else None)
        self.page.on("request", lambda request: self.asked.append(request.url))
        self.page.goto(address, wait_until="load")
        if self.page.evaluate("Boolean(window.MathJax)"):
            self.page.evaluate("MathJax.startup.promise")

    def __enter__(self) -> Visit:
        return self

    def __exit__(self, *_):
        self.context.close()


@pytest.fixture(params=PAGES)
def name(request) -> str:
    return request.param


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


def frame_of(figure, state: list[int]) -> str:
    """The frame that Python drew for these positions of the controls."""
    data = json.loads(figure.locator('script[type="application/json"]').text_content())
    index = 0
    for control, position in zip(data["controls"], state, strict=True):
        index = index * len(control["texts"]) + position
    return "".join(data["pieces"][piece] for piece in data["frames"][index])


def shown_frame(figure) -> str:
    return figure.locator(".panels").evaluate("panels => panels.outerHTML")


def as_browser_writes(page, markup: str) -> str:
    return page.evaluate(
        "markup => { const t = document.createElement('template'); t.innerHTML = markup; return t.innerHTML }", markup
    )


def settle(page) -> None:
    """Wait until what was asked for has been painted."""
    page.evaluate("new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)))")


@pytest.mark.parametrize("opened", ["served", "as a file"])
def test_every_figure_moves_from_end_to_end_by_keyboard(browser, served, built_book, name, opened):
    address = f"{served}/{name}.html" if opened == "served" else (built_book / f"{name}.html").as_uri()
    with Visit(browser, address) as visit:
        figures = visit.page.locator("figure.explore").all()
        assert len(figures) == visit.page.content().count('<figure class="explore')
        for figure in figures:
            walk(visit.page, figure)
        assert visit.complaints == []


def walk(page, figure) -> None:
    """Move each control of a figure to both its ends, and hold each picture against Python's."""
    controls = json.loads(figure.locator('script[type="application/json"]').text_content())["controls"]
    state = [control["start"] for control in controls]
    rows = figure.locator(".explore-row").all()
    assert len(rows) == len(controls)
    for k, (control, row) in enumerate(zip(controls, rows, strict=True)):
        pictures = set()
        last = len(control["texts"]) - 1
        for position in (0, last):
            state[k] = position
            if control["kind"] == "choice":
                row.locator("input").nth(position).focus()
                page.keyboard.press("Space")
                assert row.locator("input:checked + label").text_content() == control["texts"][position]
            else:
                row.locator("input").focus()
                page.keyboard.press("Home" if position == 0 else "End")
                assert row.locator("output").text_content() == control["texts"][position]
                assert row.locator("input").get_attribute("aria-valuetext") == control["texts"][position]
            settle(page)
            assert shown_frame(figure) == as_browser_writes(page, frame_of(figure, state))
            pictures.add(figure.locator(".panels").inner_html())
        assert len(pictures) == 2, f"{control['label']} changes nothing"


@pytest.mark.parametrize("name", PAGES[:1])
def test_play_runs_to_the_end_and_stops(browser, served, name):
    with Visit(browser, f"{served}/{name}.html") as visit:
        row = visit.page.locator(".explore-row:has(.explore-player)").first
        last = row.locator("input").get_attribute("max")
        row.get_by_role("button", name="Play").click()
        row.get_by_role("button", name="Pause").wait_for()
        row.get_by_role("button", name="Play").wait_for(timeout=30_000)
        assert row.locator("input").input_value() == last


@pytest.mark.parametrize("name", PAGES[:1])
def test_arrow_keys_move_the_figure_and_turn_no_page(browser, served, name):
    with Visit(browser, f"{served}/{name}.html") as visit:
        slider = visit.page.locator("figure.explore input[type=range]").first
        before = int(slider.input_value())
        slider.focus()
        visit.page.keyboard.press("ArrowRight")
        assert int(slider.input_value()) == before + 1
        visit.page.keyboard.press("ArrowLeft")
        assert int(slider.input_value()) == before
        assert visit.page.url == f"{served}/{name}.html"


def test_the_front_door_leads_to_the_welcome_page(page, built_book):
    page.goto((built_book / "index.html").as_uri())
    page.wait_for_url(f"**/{PAGES[0]}.html")


def test_the_search_finds_a_word_without_a_server(browser, built_book):
    with Visit(browser, (built_book / "search.html").as_uri() + "?q=saddle") as visit:
        visit.page.locator("#search-results li a").first.wait_for()
        found = visit.page.locator("#search-results li a").evaluate_all("links => links.map(link => link.href)")
        assert any("chapters/linear.html" in link for link in found)
        assert visit.complaints == []


def test_the_touch_of_a_finger_moves_a_figure(browser, served, name):
    with Visit(browser, f"{served}/{name}.html", 390, has_touch=True, is_mobile=True) as visit:
        for figure in visit.page.locator("figure.explore").all():
            before = shown_frame(figure)
            target = figure.locator("input[type=range]").first
            if target.count():
                target.scroll_into_view_if_needed()
                box = target.bounding_box()
                at_end = int(target.input_value()) > int(target.get_attribute("max")) / 2
                visit.page.touchscreen.tap(box["x"] + box["width"] * (0.05 if at_end else 0.95), box["y"] + box["height"] / 2)
            else:
                figure.locator("input:not(:checked) + label").last.tap()
            settle(visit.page)
            assert shown_frame(figure) != before


def test_without_scripts_each_figure_shows_its_start_and_says_what_moves(browser, served, name):
    with browser.new_context(java_script_enabled=False) as context:
        page = context.new_page()
        page.goto(f"{served}/{name}.html")
        for figure in page.locator("figure.explore").all():
            assert figure.locator(".panels svg").first.is_visible()
            assert figure.locator("figcaption").is_visible()
            assert "This figure moves" in figure.locator("figcaption").inner_text()


def loaded_bytes(visit: Visit, built_book: Path, served: str) -> dict[str, int]:
    """What a visit fetched, compressed as a web server would."""
    files = {address.removeprefix(served).split("?")[0].split("#")[0] for address in visit.asked if address.startswith(served)}
    return {file: len(gzip.compress((built_book / file.lstrip("/")).read_bytes(), 6)) for file in files}


def test_the_first_page_of_a_visit_stays_within_its_budget(browser, served, built_book, name):
    with Visit(browser, f"{served}/{name}.html") as visit:
        sizes = loaded_bytes(visit, built_book, served)
        assert f"/{name}.html" in sizes
        assert sum(sizes.values()) <= BUDGET, sizes


def test_the_second_page_loads_little_more_than_itself(browser, served, built_book, name):
    with Visit(browser, f"{served}/{PAGES[-1]}.html") as first, Visit(browser, f"{served}/{name}.html") as second:
        cached = loaded_bytes(first, built_book, served)
        fresh = {file: size for file, size in loaded_bytes(second, built_book, served).items() if file not in cached}
        assert sum(fresh.values()) <= NEXT_BUDGET, fresh
