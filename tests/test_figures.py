"""Every figure of every page in a real browser: by keyboard, by finger, by itself, and without scripts."""

from __future__ import annotations

import json

import pytest
from visits import PAGES, Visit


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


def test_the_touch_of_a_finger_moves_a_figure(browser, served, name):
    with Visit(browser, f"{served}/{name}.html", 390, has_touch=True, is_mobile=True) as visit:
        for figure in visit.page.locator("figure.explore").all():
            before = shown_frame(figure)
            slider = figure.locator("input[type=range]").first
            target = slider if slider.count() else figure.locator("input:not(:checked) + label").last
            target.scroll_into_view_if_needed()
            box, across = target.bounding_box(), 0.5
            if slider.count():  # to the end that is farther away
                across = 0.05 if int(slider.input_value()) > int(slider.get_attribute("max")) / 2 else 0.95
            visit.page.touchscreen.tap(box["x"] + box["width"] * across, box["y"] + box["height"] / 2)
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
