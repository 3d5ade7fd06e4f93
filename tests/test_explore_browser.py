"""Figures that move, in a real browser, on a page that holds nothing else."""

import functools
import json
import re
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from gallery import DRAW, picture

import lib
from lib import beside, curves, explore, plot, relu, sigmoid, tanh
from lib.panels import text_width

NOON = datetime(2026, 1, 1, 12)
ASSETS = Path(lib.__file__).parent.parent / "book/assets"

# What the figures take from the theme of the book.
THEME = """
:root { --pst-color-background: #ffffff; --pst-color-text-base: #222832; --pst-color-text-muted: #48566b;
        --pst-font-family-base: system-ui, sans-serif; }
html[data-theme="dark"] { --pst-color-background: #121212; --pst-color-text-base: #ced6dd;
                          --pst-color-text-muted: #9ca4af; }
body { margin: 0 auto; padding: 1rem; max-width: 50rem; font: 16px/1.6 var(--pst-font-family-base);
       background: var(--pst-color-background); color: var(--pst-color-text-base); }
"""


def line(slope=1, height=0):
    window = (0, 1, -9, 9)
    return curves({"line": ([0, 1], [height, height + slope])}, title=f"Slope {slope:g} from {height:g}", window=window)


def chosen(activation=tanh):
    return plot(activation)


def walk(step=0, height=0):
    return line(step, height)


def pair(slope=2):
    return beside(line(slope), line(-slope))


FIGURES = {
    "slider": explore(line, slope=(0, 4, 1)),
    "choice": explore(chosen, activation=[sigmoid, tanh, relu]),
    "sequence": explore(walk, step=range(4)),
    "two": explore(line, slope=(0, 2, 0.5), height={"low": -2, "middle": 0, "high": 2}),
    "pair": explore(pair, slope=[1, 2]),
}


@functools.cache
def frames(name):
    figure = FIGURES[name]
    owner = re.search('id="(p[^-]*)-', figure.html())[1]
    return [re.sub("p[0-9a-f]{7}(?=-)", owner, frame.html) for frame in figure.frames()]


@pytest.fixture(scope="module")
def address(tmp_path_factory):
    """A page with all the figures, opened from a file as a reader may."""

    def read(name):
        return (ASSETS / name).read_text(encoding="utf-8")

    figures = "".join(
        f'<section id="{name}"><h2>{name}</h2>{figure.html()}</section>' for name, figure in FIGURES.items()
    )
    page = tmp_path_factory.mktemp("page") / "figures.html"
    page.write_text(
        '<!doctype html><html lang="en" data-theme="light"><meta charset="utf-8"><title>Figures</title>'
        '<meta name="viewport" content="width=device-width">'
        f"<style>{THEME}{read('course.css')}</style><main><h1>Figures</h1>{figures}</main>"
        f"<script>{read('explore.js')}</script></html>",
        encoding="utf-8",
    )
    return page.as_uri()


@pytest.fixture
def opened(page, address):
    """The page, on which nothing may go wrong."""
    faults = []
    page.set_default_timeout(15_000)
    page.on("pageerror", lambda error: faults.append(str(error)))
    page.on("console", lambda message: faults.append(message.text) if message.type in ("error", "warning") else None)
    page.goto(address)
    yield page
    assert faults == []


@pytest.fixture
def another(browser, address):
    """The page in another kind of browser: `another(has_touch=True)`."""
    contexts = []

    def open_page(dark=False, **options):
        contexts.append(browser.new_context(**({"viewport": {"width": 1280, "height": 800}} | options)))
        page = contexts[-1].new_page()
        page.goto(address)
        if dark:
            page.evaluate("document.documentElement.dataset.theme = 'dark'")
        return page

    yield open_page
    for context in contexts:
        context.close()


def painted(page):
    """Wait until what was asked for is on the screen."""
    page.evaluate("() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))")


def opened_with_a_clock(page, address):
    """Open the page where time stands still until `page.clock.run_for` lets some pass."""
    page.clock.install(time=NOON)
    page.goto(address)
    page.clock.pause_at(NOON + timedelta(minutes=1))


def shows(page, name, index):
    """Whether a figure shows exactly the frame that Python drew."""
    painted(page)
    return page.evaluate(
        """([name, frame]) => {
             const template = document.createElement("template");
             template.innerHTML = frame;
             return document.querySelector(`#${name} .panels`).isEqualNode(template.content.firstChild);
           }""",
        [name, frames(name)[index]],
    )


def heard(page, name):
    """What a screen reader says of a figure's picture, and what the eye reads of its state."""
    return page.locator(f"#{name} .panels").get_attribute("aria-label"), page.locator(
        f"#{name} figcaption span"
    ).text_content()


# --- by keyboard -------------------------------------------------------------------------


def test_a_slider_moves_from_end_to_end(opened):
    slider = opened.get_by_role("slider", name="slope").first
    assert shows(opened, "slider", 1)  # the function's default
    slider.focus()
    opened.keyboard.press("Home")
    for index in range(5):
        assert shows(opened, "slider", index)
        assert slider.get_attribute("aria-valuetext") == str(index)
        assert opened.locator("#slider output").text_content() == str(index)
        words, state = heard(opened, "slider")
        assert words.startswith(f"Slope {index} from 0. ") and state == f"slope = {index}"
        opened.keyboard.press("ArrowRight")
    assert shows(opened, "slider", 4), "there is nothing behind the end"
    opened.keyboard.press("ArrowLeft")
    assert shows(opened, "slider", 3)
    opened.keyboard.press("End")
    assert shows(opened, "slider", 4)


def test_frames_differ(opened):
    for name in FIGURES:
        assert len(set(frames(name))) == len(frames(name))
    assert not shows(opened, "slider", 0) and not shows(opened, "slider", 2)


def test_everything_is_reached_by_tab_in_order(opened):
    seen = []
    for _ in range(9):
        opened.keyboard.press("Tab")
        seen.append(
            opened.evaluate(
                "document.activeElement.getAttribute('aria-label') || document.activeElement.labels[0].textContent"
            )
        )
    assert seen == [
        "slope",
        "tanh",
        "step",
        "One step back: step",
        "Play: step",
        "One step on: step",
        "slope",
        "middle",
        "2",
    ]


def test_focus_is_seen(opened):
    for _ in range(9):
        opened.keyboard.press("Tab")
        outline = opened.evaluate(
            """() => {
                 const focused = document.activeElement;
                 const drawn = focused.type === "radio" ? focused.nextElementSibling : focused;
                 return getComputedStyle(drawn).outlineStyle + getComputedStyle(drawn).outlineWidth;
               }"""
        )
        assert outline == "solid3px"


def test_choices_by_arrow_keys(opened):
    buttons = opened.locator("#choice").get_by_role("radio")
    assert shows(opened, "choice", 1) and opened.locator("#choice").get_by_role("group", name="activation").count() == 1
    opened.locator("#choice").get_by_role("radio", name="tanh").focus()
    for key, index in [("ArrowRight", 2), ("ArrowRight", 0), ("ArrowLeft", 2), ("ArrowLeft", 1)]:
        opened.keyboard.press(key)
        assert shows(opened, "choice", index)
        assert [buttons.nth(i).is_checked() for i in range(3)] == [i == index for i in range(3)]
        assert heard(opened, "choice")[1] == f"activation = {['sigmoid', 'tanh', 'ReLU'][index]}"


def test_keys_stay_with_the_figure(opened):
    """The theme turns its pages with arrow keys, JupyterLab its cells."""
    opened.evaluate("window.keys = 0; document.addEventListener('keydown', () => { window.keys += 1 })")
    opened.get_by_role("slider", name="slope").first.focus()
    opened.keyboard.press("ArrowRight")
    opened.locator("#choice").get_by_role("radio", name="tanh").focus()
    opened.keyboard.press("ArrowRight")
    assert opened.evaluate("window.keys") == 0
    assert shows(opened, "slider", 2) and shows(opened, "choice", 2)


# --- several controls, several figures ---------------------------------------------------


def test_two_controls(opened):
    slider = opened.locator("#two").get_by_role("slider", name="slope")
    assert shows(opened, "two", 2 * 3 + 1)
    slider.focus()
    opened.keyboard.press("End")
    assert shows(opened, "two", 4 * 3 + 1)
    opened.locator("#two").get_by_role("radio", name="high").click()
    assert shows(opened, "two", 4 * 3 + 2)
    assert heard(opened, "two") == (FIGURES["two"].picture(slope=2.0, height=2).alt, "slope = 2.0, height = high")
    slider.focus()
    opened.keyboard.press("Home")
    assert shows(opened, "two", 2)


def test_figures_do_not_move_each_other(opened):
    opened.locator("#two").get_by_role("radio", name="high").click()
    opened.locator("#slider").get_by_role("slider").focus()
    opened.keyboard.press("End")
    assert shows(opened, "two", 2 * 3 + 2) and shows(opened, "slider", 4)
    assert shows(opened, "choice", 1) and shows(opened, "sequence", 0) and shows(opened, "pair", 1)


def test_ids_are_unique_in_every_state(opened):
    for name, key in [("slider", "End"), ("choice", "ArrowRight"), ("two", "End"), ("pair", "ArrowRight")]:
        opened.locator(f"#{name} input").first.focus()
        opened.keyboard.press(key)
    painted(opened)
    names = opened.evaluate("[...document.querySelectorAll('[id]')].map((element) => element.id)")
    assert len(names) == len(set(names))


# --- aloud -------------------------------------------------------------------------------


def test_the_live_region_waits_until_the_reader_is_done(page, address):
    opened_with_a_clock(page, address)
    page.evaluate(
        """() => {
             window.spoken = [];
             const status = document.querySelector("#slider [role=status]");
             new MutationObserver(() => window.spoken.push(status.textContent)).observe(status, { childList: true });
           }"""
    )
    page.get_by_role("slider", name="slope").first.focus()
    page.keyboard.press("Home")
    for _ in range(3):
        page.keyboard.press("ArrowRight")
        page.clock.run_for(100)
    assert page.evaluate("window.spoken") == []
    page.clock.run_for(1000)
    assert page.evaluate("window.spoken") == [FIGURES["slider"].picture(slope=3).alt]
    page.clock.run_for(5000)
    assert len(page.evaluate("window.spoken")) == 1


def test_only_one_region_of_a_figure_speaks(opened):
    live = "[...document.querySelectorAll('#slider [aria-live], #slider output, #slider [role=status]')]"
    quiet = f"{live}.filter((element) => element.getAttribute('aria-live') !== 'off').length"
    assert opened.evaluate(quiet) == 1
    assert opened.locator("#slider [role=status]").text_content() == ""


# --- playing -----------------------------------------------------------------------------


@pytest.fixture
def player(page, address):
    """The page with a clock that the test winds, and the figure with Play on it."""
    opened_with_a_clock(page, address)
    figure = page.locator("#sequence")
    return page, figure.get_by_role("slider"), figure.get_by_role("button", name=re.compile("Play|Pause"))


def at(page, index):
    page.clock.run_for(50)
    value = page.locator("#sequence").get_by_role("slider").input_value()
    alt = FIGURES["sequence"].picture(step=index).alt
    return value == str(index) and heard(page, "sequence") == (alt, f"step = {index}")


def test_play_plays_and_stops_at_the_end(player):
    page, _, play = player
    assert at(page, 0) and play.get_attribute("aria-label") == "Play: step"
    play.click()
    assert play.get_attribute("aria-label") == "Pause: step"
    page.clock.run_for(50)
    for index in range(1, 4):
        page.clock.run_for(350)
        assert at(page, index)
    assert play.get_attribute("aria-label") == "Play: step"
    page.clock.run_for(5000)
    assert at(page, 3)


def test_play_begins_again_from_the_end(player):
    page, slider, play = player
    slider.focus()
    page.keyboard.press("End")
    assert at(page, 3)
    play.click()
    assert at(page, 0)
    page.clock.run_for(400)
    assert at(page, 1)


def test_pause_stays_where_it_is(player):
    page, _, play = player
    play.click()
    page.clock.run_for(450)
    play.click()
    assert play.get_attribute("aria-label") == "Play: step"
    page.clock.run_for(3000)
    assert at(page, 1)
    play.focus()
    page.keyboard.press("Enter")
    page.clock.run_for(400)
    assert at(page, 2)


@pytest.mark.parametrize("how", ["key", "pointer", "step"])
def test_a_reader_who_takes_over_is_not_played_on(player, how):
    page, slider, play = player
    play.click()
    page.clock.run_for(450)
    if how == "key":
        slider.focus()
        page.keyboard.press("Home")
    elif how == "pointer":
        box = slider.bounding_box()
        page.mouse.click(box["x"] + 2, box["y"] + box["height"] / 2)
    else:
        page.get_by_role("button", name="One step back: step").click()
    page.clock.run_for(3000)
    assert at(page, 0) and play.get_attribute("aria-label") == "Play: step"


def test_single_steps(player):
    page, _, _ = player
    on, back = (page.get_by_role("button", name=f"One step {way}: step") for way in ("on", "back"))
    back.click()
    assert at(page, 0)
    for index in (1, 2, 3, 3):
        on.click()
        assert at(page, index)
    back.click()
    assert at(page, 2)


def test_playing_is_not_read_aloud_picture_by_picture(player):
    page, _, play = player
    play.click()
    page.clock.run_for(1150)
    assert page.locator("#sequence [role=status]").text_content() == ""
    page.clock.run_for(3000)
    assert page.locator("#sequence [role=status]").text_content() == FIGURES["sequence"].picture(step=3).alt


def test_reduced_motion_has_steps_and_no_play(another):
    page = another(reduced_motion="reduce")
    assert page.get_by_role("button", name=re.compile("Play")).count() == 0
    page.get_by_role("button", name="One step on: step").click()
    assert shows(page, "sequence", 1)


# --- by hand -----------------------------------------------------------------------------


def test_touch(another):
    page = another(has_touch=True, is_mobile=True, viewport={"width": 390, "height": 844})
    slider = page.get_by_role("slider", name="slope").first
    slider.scroll_into_view_if_needed()
    box = slider.bounding_box()
    page.touchscreen.tap(box["x"] + box["width"] - 4, box["y"] + box["height"] / 2)
    assert shows(page, "slider", 4)
    page.locator("#choice").get_by_role("radio", name="ReLU").tap()
    assert shows(page, "choice", 2)
    page.get_by_role("button", name="One step on: step").tap()
    assert shows(page, "sequence", 1)


def test_a_slider_is_dragged(opened):
    box = opened.get_by_role("slider", name="slope").first.bounding_box()
    height = box["y"] + box["height"] / 2
    opened.mouse.move(box["x"] + box["width"] / 4, height)
    opened.mouse.down()
    for share, index in [(0.5, 2), (0.97, 4), (0.03, 0)]:
        opened.mouse.move(box["x"] + share * box["width"], height)
        assert shows(opened, "slider", index)
    opened.mouse.up()


def test_targets_are_large_enough_for_a_finger(another):
    page = another(viewport={"width": 390, "height": 844})
    for target in page.locator("input[type=range], button, .explore-option").all():
        box = target.bounding_box()
        assert min(box["width"], box["height"]) >= 24


# --- without -----------------------------------------------------------------------------


def test_without_a_script_the_first_picture_and_its_words_stand(another):
    page = another(java_script_enabled=False)
    for name in FIGURES:
        assert page.locator(f"#{name} .panels").is_visible() and page.locator(f"#{name} figcaption").is_visible()
    assert page.get_by_role("slider").count() == page.get_by_role("radio").count() == 0
    assert "This figure moves: slope (0 to 4). Shown here: slope = 1." in page.locator("#slider").inner_text()


def test_on_paper_it_says_what_moves(opened):
    opened.get_by_role("slider", name="slope").first.focus()
    opened.keyboard.press("End")
    painted(opened)
    caption, controls = opened.locator("#slider figcaption"), opened.locator("#slider .explore-controls")
    assert controls.is_visible() and not caption.is_visible()
    opened.emulate_media(media="print")
    assert caption.is_visible() and not controls.is_visible()
    assert caption.inner_text() == "This figure moves: slope (0 to 4). Shown here: slope = 4."


# --- how it looks ------------------------------------------------------------------------


def test_dark_pages_recolour_their_figures(another):
    def colours(page):
        return page.evaluate(
            """() => {
                 const style = (what) => getComputedStyle(document.querySelector(`#slider svg ${what}`));
                 return [style("rect").fill, style("text").fill, style("path[clip-path]").stroke];
               }"""
        )

    assert colours(another()) == ["rgb(255, 255, 255)", "rgb(29, 95, 191)", "rgb(29, 95, 191)"]
    assert colours(another(dark=True)) == ["rgb(18, 18, 18)", "rgb(138, 184, 255)", "rgb(138, 184, 255)"]


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
@pytest.mark.parametrize("width", [390, 1280])
def test_axe_finds_no_fault(another, width, dark):
    axe = pytest.importorskip("axe_playwright_python.sync_playwright").Axe()
    page = another(dark=dark, viewport={"width": width, "height": 800})
    faults = axe.run(page).response["violations"]
    assert faults == [], json.dumps(faults, indent=1)[:2000]


def test_a_choice_is_seen_without_colours(another):
    page = another(forced_colors="active")
    for radio in page.locator("#choice").get_by_role("radio").all():
        assert radio.evaluate("(input) => getComputedStyle(input).opacity") == "1"
        label, own = radio.locator("xpath=..").locator("label").bounding_box(), radio.bounding_box()
        assert own["x"] + own["width"] <= label["x"]


@pytest.mark.parametrize("width", [390, 768, 1280])
def test_pages_are_never_too_wide_and_text_never_too_small(another, width):
    page = another(viewport={"width": width, "height": 800})
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    sizes = page.evaluate(
        """[...document.querySelectorAll(".panels > svg")].map((svg) => {
             const scale = svg.getBoundingClientRect().width / svg.viewBox.baseVal.width;
             const texts = [...svg.querySelectorAll("text")];
             return scale * Math.min(...texts.map((text) => parseFloat(getComputedStyle(text).fontSize)));
           })"""
    )
    assert min(sizes) >= 10 and max(sizes) <= 16


def test_panels_stand_side_by_side_or_one_below_the_other(another):
    def boxes(width):
        page = another(viewport={"width": width, "height": 800})
        return [panel.bounding_box() for panel in page.locator("#pair .panels > svg").all()]

    left, right = boxes(1280)
    assert left["y"] == right["y"] and left["x"] + left["width"] <= right["x"] and left["width"] == right["width"]
    above, below = boxes(390)
    assert above["x"] == below["x"] and above["y"] + above["height"] <= below["y"]


def test_moving_leaves_the_page_where_it_is(opened):
    slider = opened.get_by_role("slider", name="slope").first
    slider.focus()
    before = slider.bounding_box()
    opened.keyboard.press("End")
    painted(opened)
    assert slider.bounding_box() == before


@pytest.fixture(scope="module")
def measured(browser):
    """For every figure of the gallery, the boxes of its texts, in points of its panel, as the browser sets them."""
    page = browser.new_page()
    boxes = {}
    for name in DRAW:
        page.set_content(f"<style>body {{ font-family: Arial, sans-serif }}</style>{picture(name).html}")
        boxes[name] = page.evaluate(
            """() => [...document.querySelectorAll(".panels > svg")].map((svg) => {
                 const frame = svg.getBoundingClientRect(), scale = frame.width / svg.viewBox.baseVal.width;
                 return [...svg.querySelectorAll("text")].map((text) => {
                   const box = text.getBoundingClientRect();
                   return { text: text.textContent, size: parseFloat(getComputedStyle(text).fontSize),
                            turned: text.hasAttribute("transform"),
                            left: (box.left - frame.left) / scale, right: (box.right - frame.left) / scale,
                            top: (box.top - frame.top) / scale, bottom: (box.bottom - frame.top) / scale,
                            width: svg.viewBox.baseVal.width, height: svg.viewBox.baseVal.height };
                 });
               })"""
        )
    page.close()
    return boxes


@pytest.mark.parametrize("name", DRAW)
def test_texts_lie_inside_and_apart(measured, name):
    for panel in measured[name]:
        for n, box in enumerate(panel):
            inside = (
                box["left"] >= 0
                and box["right"] <= box["width"]
                and box["top"] >= -2
                and box["bottom"] <= box["height"] + 2
            )
            assert inside, box
            for other in panel[:n]:
                across = min(box["right"], other["right"]) - max(box["left"], other["left"])
                down = min(box["bottom"], other["bottom"]) - max(box["top"], other["top"])
                # A line's box is a third higher than its letters.
                assert across <= 0.5 or down <= 0.34 * min(box["size"], other["size"]), (box, other)


def test_widths_are_estimated_from_above(measured):
    for panel in (panel for panels in measured.values() for panel in panels):
        for box in (box for box in panel if box["text"] != "⋮"):
            real = (box["bottom"] - box["top"]) if box["turned"] else (box["right"] - box["left"])
            assert real <= 72 * text_width(box["text"], box["size"]) + 1, box
