"""Pictures as values: sound markup, ids of their own, colours by name, the same text every time."""

import re
import subprocess
import sys
import warnings
from collections import Counter
from pathlib import Path
from xml.etree import ElementTree

import matplotlib
import numpy as np
import pytest
from gallery import DRAW, LONG, picture

import lib
from lib import Picture, beside, curves, plot, relu, sigmoid, tanh
from lib.panels import new_axes, panel_of, styled, text_width, tick_texts
from lib.pictures import COLOURS

BOOK = Path(lib.__file__).parent.parent / "book"


def ids(markup):
    return re.findall(r'\sid="([^"]*)"', markup)


def references(markup):
    return set(re.findall(r'(?:href="|url\()#([^")]*)', markup))


def texts(markup):
    """Every text in some SVG with its place: (text, x, y, size, anchor, turned)."""

    def walk(element, style):
        style = style | dict(part.split(":") for part in element.get("style", "").split(";") if part)
        if element.tag.endswith("text"):
            x, y = float(element.get("x")), float(element.get("y"))
            size = float(style["font-size"].removesuffix("px"))
            yield element.text, x, y, size, style.get("text-anchor", "start"), "transform" in element.attrib
        for child in element:
            yield from walk(child, style)

    yield from walk(ElementTree.fromstring(markup), {})


# --- markup ------------------------------------------------------------------------------


@pytest.mark.parametrize("name", DRAW)
def test_markup_is_sound(name):
    made = picture(name)
    for markup in (made.svg, made.html, *made.panels):
        ElementTree.fromstring(markup)
    assert made.svg.count("xmlns=") == 1 and not any(":" in part for part in re.findall(r"<(\S+)", made.svg))


@pytest.mark.parametrize("name", DRAW)
def test_ids_are_needed_and_few(name):
    for markup in (picture(name).svg, picture(name).html):
        assert set(ids(markup)) == references(markup)
        assert len(ids(markup)) == len(set(ids(markup)))


def test_ids_on_one_page():
    everything = [picture(name) for name in DRAW]
    for page in ("".join(p.html for p in everything), "".join(p.svg for p in everything)):
        assert [name for name, count in Counter(ids(page)).items() if count > 1] == []
        assert references(page) == set(ids(page))


def test_frames_of_one_figure_share_their_ids():
    a, b = plot(sigmoid), plot(relu)
    assert ids(a.boxed("figure")) == ids(b.boxed("figure")) != ids(a.html)
    assert set(ids(a.boxed("figure"))).isdisjoint(ids(a.boxed("another"))) and a.boxed() == a.html


@pytest.mark.parametrize("name", DRAW)
def test_colours_are_named(name):
    svg = picture(name).svg
    for variable, value in re.findall(r"var\(--fig-([\w-]+),(#\w+)\)", svg):
        assert COLOURS[variable] == value
    drawn = re.sub(r'aria-label="[^"]*"|var\([^)]*\)|url\([^)]*\)|href="[^"]*"', "", svg)
    assert not re.findall(r"#[0-9a-fA-F]{3,8}\b|rgb|black|white", drawn)


@pytest.mark.parametrize("name", DRAW)
def test_numbers_are_short(name):
    markup = re.sub(r'aria-label="[^"]*"|>[^<]*<', "", picture(name).html)
    assert not re.findall(r"\d\.\d{3,}", markup)
    points = "".join(re.findall(r'\sd="([^"CQ]*)"', markup))
    assert not re.findall(r"\d\.\d{2,}", points)


SIZES = {
    "an activation": 3500,
    "a kink": 2200,
    "activations": 7500,
    "a network": 8000,
    "digits": 20_000,
    "a table": 17_000,
    "a large family": 40_000,
}


@pytest.mark.parametrize("name", DRAW)
def test_pictures_are_small(name):
    assert len(picture(name).html) < SIZES.get(name, 17_000)


# --- the same everywhere -----------------------------------------------------------------


@pytest.mark.parametrize("name", DRAW)
def test_two_calls_give_one_text_in_silence(name, capfd):
    picture(name)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert DRAW[name]() == picture(name)
    assert capfd.readouterr() == ("", "")


def test_a_readers_style_changes_nothing_and_is_left_alone():
    loud = {
        "lines.linewidth": 9, "lines.linestyle": ":", "axes.prop_cycle": matplotlib.cycler(color="k"), "font.size": 30,
        "svg.fonttype": "path", "axes.grid": False, "axes.spines.top": True, "path.simplify": False, "axes.titley": 0.5,
        "figure.dpi": 300, "savefig.dpi": 10, "axes.xmargin": 0.4, "xtick.direction": "in", "svg.hashsalt": "other",
        "axes.formatter.use_locale": True, "text.usetex": True, "axes.unicode_minus": False, "scatter.marker": "x",
        "axes.autolimit_mode": "round_numbers", "contour.linewidth": 7, "patch.force_edgecolor": True,
    }  # fmt: skip
    names = ["an activation", "marked", "regions", "a surface", "a table", "runs", "digits", "a network"]
    quiet = [picture(name) for name in names]
    with matplotlib.rc_context(loud):
        before = dict(matplotlib.rcParams)
        assert [DRAW[name]() for name in names] == quiet
        with pytest.raises(TypeError):
            curves({"a": 1})
        assert dict(matplotlib.rcParams) == before


def test_nothing_global_is_touched():
    code = "import sys, lib; lib.plot(lib.sigmoid); assert 'matplotlib.pyplot' not in sys.modules"
    subprocess.run([sys.executable, "-c", code], check=True, cwd=BOOK.parent)


# --- the value ---------------------------------------------------------------------------


def test_jupyter_shows_svg_with_its_words():
    made = plot(sigmoid)
    data, metadata = made._repr_mimebundle_()
    assert data == {"image/svg+xml": made.svg, "text/plain": made.alt} and repr(made) == made.alt
    assert metadata["image/svg+xml"]["alt"] == made.alt


def test_words_survive_the_markup():
    made = picture("quotes")
    assert '"so"' in made.alt and "<i>" in made.alt and "&" in made.alt
    assert ElementTree.fromstring(made.svg).get("aria-label") == made.alt
    assert ElementTree.fromstring(made.html).get("aria-label") == made.alt
    assert '<b> & "b"' in [text for text, *_ in texts(made.svg)]


def test_beside():
    a, b = plot(sigmoid), plot([tanh, relu])
    both = beside(a, b)
    assert both.panels == a.panels + b.panels and both.alt == f"{a.alt} {b.alt}"
    width, height = re.search(r'viewBox="0 0 ([\d.]+) ([\d.]+)"', both.svg).groups()
    assert float(width) == pytest.approx(3 * 331.2) and float(height) == 216
    assert beside(a) == a


def test_beside_something_else():
    with pytest.raises(TypeError, match=r"beside takes pictures, as in .*; given: a list\."):
        beside([plot(sigmoid), plot(relu)])
    with pytest.raises(TypeError, match="given: a Activation|given: an Activation"):
        beside(sigmoid)
    with pytest.raises(TypeError, match="given: nothing"):
        beside()


def test_a_picture_is_a_value():
    assert plot(sigmoid) == plot(sigmoid) != plot(relu)
    assert len({plot(sigmoid), plot(sigmoid)}) == 1
    with pytest.raises(AttributeError):
        plot(sigmoid).alt = "other"


@pytest.mark.parametrize("name", ["an activation", "activations", "side by side", "quotes"])
def test_the_books_extension_opens_the_svg_again(name):
    sys.path.insert(0, str(BOOK))
    try:
        from extension import in_page
    finally:
        sys.path.remove(str(BOOK))
    assert in_page(f'<?xml version="1.0"?>\n{picture(name).svg}') == picture(name).html


# --- colours that can be read ------------------------------------------------------------


def dark_colours():
    """The colours of the dark page, from its style sheet; those of the theme from the theme's own."""
    css = (BOOK / "assets/course.css").read_text(encoding="utf-8")
    block = re.search(r'html\[data-theme="dark"\] \{(.*?)\n\}', css, re.DOTALL)[1]
    found = dict(re.findall(r"--fig-([\w-]+): ([^;]+);", block))
    theme = {"var(--pst-color-background)": "#121212"}
    return {name: theme.get(value, value) for name, value in found.items()}


def channels(colour):
    return np.array([int(colour[i : i + 2], 16) for i in (1, 3, 5)]) / 255


def luminance(colour):
    linear = np.where(colour <= 0.04045, colour / 12.92, ((colour + 0.055) / 1.055) ** 2.4)
    return linear @ [0.2126, 0.7152, 0.0722]


def contrast(a, b):
    """The ratio of two colours by WCAG 2: 4.5 for text, 3 for lines."""
    dark, light = sorted([luminance(a), luminance(b)])
    return (light + 0.05) / (dark + 0.05)


MODES = pytest.mark.parametrize("colours", [COLOURS, dark_colours()], ids=["light", "dark"])
GROUNDS = {"paper", "grid", "muted", "tint-blue", "tint-orange", "tint-green", "tint-purple"}


def test_each_colour_has_its_dark_twin():
    assert set(dark_colours()) == set(COLOURS)


def test_the_theme_is_as_dark_as_assumed():
    theme = pytest.importorskip("sphinx_book_theme", reason="the book's own environment has it")
    styles = Path(theme.__file__).parent / "theme/sphinx_book_theme/static/styles"
    sheets = "".join(sheet.read_text(encoding="utf-8") for sheet in styles.glob("*.css"))
    assert f"--pst-color-background:{dark_colours()['paper']}" in sheets.replace(" ", "")


@MODES
def test_text_can_be_read(colours):
    paper = channels(colours["paper"])
    for name in set(colours) - GROUNDS:
        assert contrast(channels(colours[name]), paper) >= 4.5, name
    assert contrast(channels(colours["muted"]), paper) >= 3


@MODES
def test_text_can_be_read_on_tints_and_tiles(colours):
    ink, label, paper = (channels(colours[name]) for name in ("ink", "label", "paper"))
    for name in (name for name in colours if name.startswith("tint-")):
        assert min(contrast(ink, channels(colours[name])), contrast(label, channels(colours[name]))) >= 4.5, name
    for opacity in (0.04, 0.25, 0.5):
        tile = opacity * channels(colours["blue"]) + (1 - opacity) * paper
        assert contrast(ink, tile) >= 4.5, opacity


@MODES
def test_points_stand_out_from_their_regions(colours):
    for name in ("blue", "orange", "green", "purple"):
        for tint in ("tint-blue", "tint-orange", "tint-green", "tint-purple"):
            assert contrast(channels(colours[name]), channels(colours[tint])) >= 3, (name, tint)


# --- the frame ---------------------------------------------------------------------------


@pytest.mark.parametrize("name", DRAW)
def test_every_text_stays_inside(name):
    for panel in picture(name).panels:
        width, height = map(float, re.search(r'viewBox="0 0 ([\d.]+) ([\d.]+)"', panel).groups())
        for text, x, y, size, anchor, turned in texts(panel):
            long = 0.9 * 72 * text_width(text, size)  # the page's font is a little narrower than the bound
            if turned:
                x, y, long, width_, height_ = y, x, long, height, width
            else:
                width_, height_ = width, height
            left = x - {"start": 0, "middle": long / 2, "end": long}[anchor]
            assert left >= -1 and left + long <= width_ + 1, text
            assert y - 0.75 * size >= -1 and y <= height_ + 1, text


@pytest.mark.parametrize("name", DRAW)
def test_no_text_stands_on_another(name):
    for panel in picture(name).panels:
        boxes = []
        for text, x, y, size, anchor, turned in texts(panel):
            if turned:
                continue
            long = 0.85 * 72 * text_width(text, size)
            left = x - {"start": 0, "middle": long / 2, "end": long}[anchor]
            for other, a, b, right, top in boxes:
                apart = left >= right or left + long <= a or y - 0.7 * size >= b or y <= top
                assert apart, f"{text!r} on {other!r}"
            boxes.append((text, left, y, left + long, y - 0.7 * size))


def test_a_long_title_is_broken_and_the_axes_stay():
    def drawn(title):
        panel = curves({"a": ([0, 1], [0, 1])}, title=title).panels[0]
        lines = [text for text, *_, size, _, _ in texts(panel) if size == 11]
        clip = re.search(r'<clipPath.*?width="([\d.]+)" height="([\d.]+)"', panel).groups()
        return lines, clip

    lines, clip = drawn(LONG)
    assert 2 <= len(lines) <= 3 and " ".join(lines) == LONG
    assert drawn("Short") == (["Short"], clip)


def test_ticks_are_written_short():
    def written(*places, logarithmic=False):
        return tick_texts(np.array(places, float), logarithmic)

    assert written(0, 0.2, 0.4, 0.6000000000000001) == ["0.0", "0.2", "0.4", "0.6"]
    assert written(-1, 0, 1) == ["−1", "0", "1"] and written(0, 0.25, 0.5) == ["0.00", "0.25", "0.50"]
    assert written(0, 50_000, 100_000) == ["0", "50000", "100000"]
    assert written(-1e6, 0, 5e5) == ["−1e6", "0", "0.5e6"] and written(0, 5e-5) == ["0", "5e-5".replace("-", "−")]
    assert written(0.01, 0.1, 1, 10, logarithmic=True) == ["0.01", "0.1", "1", "10"]
    assert written(1e-6, 1, 1e5, logarithmic=True) == ["10⁻⁶", "10⁰", "10⁵"]
    assert written(2e-6, 5e-6, logarithmic=True) == ["2·10⁻⁶", "5·10⁻⁶"]
    assert written() == []


@pytest.mark.parametrize(("low", "high"), [(1e-6, 1e6), (1, 10), (2, 7), (0.9, 1.1), (1e-3, 1), (30, 4000)])
def test_logarithmic_axes_have_a_few_ticks(low, high):
    @styled
    def draw():
        axes = new_axes("", "", "")
        axes.set_xscale("log")
        axes.set(xlim=(low, high))
        return panel_of(axes)

    along = [text for text, _, _, size, anchor, _ in texts(draw()) if anchor == "middle"]
    assert 2 <= len(along) <= 10


def test_an_axis_may_run_backwards():
    @styled
    def draw():
        axes = new_axes("", "", "")
        axes.set(ylim=(3, 0))
        return panel_of(axes)

    heights = {float(text): y for text, _, y, _, anchor, _ in texts(draw()) if anchor == "end"}
    assert heights[0] < heights[1] < heights[3]


def test_long_words_at_ticks_get_their_room():
    made = lib.bars({"a name of exactly forty letters, or about": 1})
    word = next(entry for entry in texts(made.panels[0]) if entry[0].startswith("a name"))
    assert word[1] - 72 * text_width(word[0], 10) >= 0


def test_text_width_knows_narrow_and_wide_letters():
    assert text_width("", 10) == 0
    assert text_width("iiii", 10) < text_width("nnnn", 10) < text_width("WWWW", 10)
    assert text_width("함수", 10) == pytest.approx(2 * text_width("W", 10))
    assert text_width("abc", 20) == pytest.approx(2 * text_width("abc", 10))


def test_pictures_are_made_of_panels_only():
    assert Picture(("<svg width='1' height='1' viewBox=\"0 0 1 1\"/>",), "One").html.startswith('<div class="panels"')
