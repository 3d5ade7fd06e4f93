"""Panels: from matplotlib's axes to the SVG text of one panel, small, and the same on every machine.

In the rooms that draw, matplotlib is imported where it is needed, not at the head: `import lib` takes
a third of the time without it, and a page in a browser fetches it only when a figure is wanted.
"""

from __future__ import annotations

import functools
import io
import itertools
import re
import warnings
from pathlib import Path
from unicodedata import east_asian_width
from xml.etree import ElementTree

import numpy as np

from .pictures import COLOURS

_STYLE = Path(__file__).with_name("book.mplstyle")
_SVG = "{http://www.w3.org/2000/svg}"
_INCH = 72  # points, in which an SVG is measured here
_VARIABLES = {name: f"var(--fig-{name},{value})" for name, value in COLOURS.items()}
_NAMES = {value: _VARIABLES[name] for name, value in COLOURS.items()}
_RAISED = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")
ElementTree.register_namespace("", _SVG[1:-1])


@functools.cache
def _style() -> dict:
    import matplotlib

    style = matplotlib.rc_params_from_file(_STYLE, use_default_template=True)
    return {name: value for name, value in style.items() if name != "backend"}


def styled(draw):
    """Run a drawing function in the book's style, whatever style the reader has set."""

    @functools.wraps(draw)
    def drawn(*args, **options):
        import matplotlib

        with matplotlib.rc_context(_style()):
            return draw(*args, **options)

    return drawn


def text_width(text: str, size: float) -> float:
    """Inches that a text of `size` points takes at most; the font of the page is not known here."""
    return sum(map(_em, text)) * size / _INCH


@functools.cache
def _em(letter: str) -> float:
    if letter in "mwMW@%" or east_asian_width(letter) in "WF":
        return 0.97
    if letter in " .,:;'!|()[]ijltfrI":
        return 0.37
    return 0.73 if letter.isupper() else 0.61


def new_axes(
    title: str,
    x: str,
    y: str,
    *,
    left: float | None = None,
    right: float = 0.2,
    bottom: float | None = None,
    width: float = 4.6,
    height: float = 3.0,
):
    """An empty pair of axes, with sizes and margins in inches: the same in every frame of a moving figure.

    The height is that of a figure with a title in one line; more lines make it taller. A
    small figure is made wider for its title. The axes keep their size.
    """
    from matplotlib.figure import Figure

    room = max(width, min(3.8, text_width(title, 11) + 0.16))
    lines = _lines(title, 11, room - 0.16)
    left = left if left is not None else 0.68 if y else 0.45
    bottom = bottom if bottom is not None else 0.5 if x else 0.32
    right, width = right + room - width, room
    top, height = 0.16 + 0.2 * len(lines), height + 0.2 * (len(lines) - 1)
    figure = Figure(figsize=(width, height), dpi=_INCH)
    axes = figure.add_axes((left / width, bottom / height, 1 - (left + right) / width, 1 - (bottom + top) / height))
    axes.set(xlabel=x, ylabel=y, title="\n".join(lines))
    for axis, inches in ((axes.xaxis, (width - left - right) / 0.5), (axes.yaxis, (height - bottom - top) / 0.3)):
        axis.get_major_locator().set_params(nbins=int(np.clip(inches, 2, 6)))
    return axes


def _lines(text: str, size: float, room: float) -> list[str]:
    lines: list[str] = []
    for word in text.split():
        if lines and text_width(f"{lines[-1]} {word}", size) <= room:
            lines[-1] += f" {word}"
        else:
            lines.append(word)
    return lines


def name_ticks(axis, names) -> None:
    """Write names at 0, 1, 2… in place of numbers."""
    from matplotlib.ticker import FixedFormatter, FixedLocator

    axis.set_major_locator(FixedLocator(range(len(names))))
    axis.set_major_formatter(FixedFormatter([str(name) for name in names]))


def panel_of(axes) -> str:
    """Save axes as a small SVG text: no ids but the needed ones, few decimals, named colours.

    matplotlib draws what stands inside the axes. Grid, ticks, spines, names and title are
    written here: as matplotlib's objects they take three quarters of the time.
    """
    from matplotlib.backends.backend_svg import FigureCanvasSVG

    under, over = _frame(axes)
    axes.set_title("")
    for part in (axes.figure.patch, axes.xaxis, axes.yaxis, *axes.spines.values()):
        part.set_visible(False)
    axes.patch.set_visible(axes.patch.get_facecolor()[3] > 0)
    stream = io.StringIO()
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", "Glyph")  # that its own font lacks; a reader sees the page's
        FigureCanvasSVG(axes.figure).print_svg(stream, metadata={"Date": None, "Creator": None})
    # Only the names that something points to are kept, and made short.
    names = dict.fromkeys(re.findall(r'(?:href="|url\()#([\w.-]+)', stream.getvalue()))
    root = ElementTree.fromstring(stream.getvalue().encode())
    _tidy(root, {name: str(number) for number, name in enumerate(names)})
    root[:] = [*under, *root, *over]
    # matplotlib sets these two for every element by a style sheet, which on a page would reach further.
    root.attrib |= {"stroke-linejoin": "round", "stroke-linecap": "butt", "font-family": "sans-serif"}
    text = ElementTree.tostring(root, encoding="unicode").replace(" />", "/>")
    return text.replace(f' xmlns="{_SVG[1:-1]}"', "", 1)  # a picture says it once, a page never


# --- the frame: what stands around the data ----------------------------------------------


def _frame(axes) -> tuple[list, list]:
    """What is drawn under the data and what over it, as SVG elements."""
    axes.apply_aspect()
    width, height = axes.figure.get_size_inches() * _INCH
    box = axes.get_position()
    left, right, top, bottom = box.x0 * width, box.x1 * width, (1 - box.y1) * height, (1 - box.y0) * height
    under = [_element("rect", width="100%", height="100%", style="fill:{paper}")]
    title = [
        _text(line, 0.08 * _INCH, 17 + 14.4 * number, style="font-size:11px;fill:{ink}")
        for number, line in enumerate(axes.get_title("left").split("\n"))
    ]
    if not axes.axison:
        return under, [line for line in title if line.text]

    up = _ticks(axes.yaxis, bottom, top)
    # Numbers that are longer than usual, or words, move the left edge.
    longest = max((text_width(text, 10) for _, text in up), default=0)
    left = max(left, longest * _INCH + (24 if axes.get_ylabel() else 10))
    axes.set_position((left / width, box.y0, box.x1 - left / width, box.height))
    across = _ticks(axes.xaxis, left, right)

    west, south = f"M{_short(left)} {_short(top)}V{_short(bottom)}", f"M{_short(left)} {_short(bottom)}H{_short(right)}"
    grid = [f"M{_short(x)} {_short(top)}V{_short(bottom)}" for x, _ in across if _has_grid(axes.xaxis)]
    grid += [f"M{_short(left)} {_short(y)}H{_short(right)}" for y, _ in up if _has_grid(axes.yaxis)]
    under.append(_element("path", d="".join(grid), style="fill:none;stroke:{grid};stroke-width:.8"))
    edge = west * axes.spines["left"].get_visible() + south * axes.spines["bottom"].get_visible()

    label = "font-size:10px;fill:{label};text-anchor:"
    middle = _short((top + bottom) / 2)
    over = [
        _element("path", d=edge, style="fill:none;stroke:{muted};stroke-width:.8;stroke-linecap:square"),
        _element("g", *(_text(text, x, bottom + 14) for x, text in across), style=label + "middle"),
        _element("g", *(_text(text, left - 6, y + 3.5) for y, text in up), style=label + "end"),
        _text(axes.get_xlabel(), (left + right) / 2, height - 5, style=label + "middle"),
        _text(axes.get_ylabel(), 12, middle, style=label + "middle", transform=f"rotate(-90 12 {middle})"),
        *title,
    ]
    return under, [element for element in over if len(element) or element.text or element.get("d")]


def _element(tag: str, *children, style: str = "", **attributes):
    """An SVG element; in its style {ink} stands for that colour of COLOURS."""
    element = ElementTree.Element(_SVG + tag, attributes)
    if style:
        element.set("style", style.format_map(_VARIABLES))
    element.extend(children)
    return element


def _text(text: str, x: float, y: float, **attributes):
    element = _element("text", x=_short(x), y=_short(y), **attributes)
    element.text = text
    return element


def _has_grid(axis) -> bool:
    return axis.get_tick_params().get("gridOn", False)


def _ticks(axis, start: float, end: float) -> list[tuple[float, str]]:
    """Where the ticks stand on an axis that runs from `start` to `end`, and what is written there."""
    from matplotlib.ticker import FixedFormatter, FuncFormatter

    limits = axis.get_view_interval()
    logarithmic = axis.get_scale() == "log"
    places = _powers(*sorted(limits)) if logarithmic else np.array(axis.get_major_locator()(), float)
    if isinstance(axis.get_major_formatter(), (FixedFormatter, FuncFormatter)):
        texts = map(str, axis.get_major_formatter().format_ticks(places))
    else:
        texts = tick_texts(places, logarithmic)
    low, high = axis.get_transform().transform(limits)
    shares = (axis.get_transform().transform(places) - low) / (high - low)
    return [(start + s * (end - start), text) for s, text in zip(shares, texts, strict=True) if -1e-6 < s < 1 + 1e-6]


def _powers(low: float, high: float) -> np.ndarray:
    """Ticks for a logarithmic axis: powers of ten; where there are few, also 2 and 5 times them, or round numbers."""
    from matplotlib.ticker import MaxNLocator

    exponents = np.arange(np.floor(np.log10(low)), np.ceil(np.log10(high)) + 1)
    powers = 10.0**exponents
    choices = [
        powers[:: len(powers) // 6 or 1],
        np.outer(powers, [1, 2, 5]).ravel(),
        MaxNLocator(5).tick_values(low, high),
    ]
    return next((ticks for ticks in choices if np.sum((low <= ticks) & (ticks <= high)) >= 3), choices[-1])


def tick_texts(places: np.ndarray, logarithmic: bool = False) -> list[str]:
    """Numbers as they stand at ticks: all with the same decimals, very large and small ones as powers of ten."""
    largest = np.max(np.abs(places), initial=0)
    if logarithmic and (largest > 1e4 or min(places) < 1e-3):
        parts = [f"{place:.0e}".split("e") for place in places]
        texts = [f"{digit}·10{str(int(power)).translate(_RAISED)}".removeprefix("1·") for digit, power in parts]
    elif logarithmic:
        texts = [f"{place:g}" for place in places]
    elif largest >= 1e6 or 0 < largest < 1e-3:
        power = int(np.floor(np.log10(largest)))
        texts = [f"{place / 10.0**power:.3g}e{power}" if place else "0" for place in places]
    else:
        decimals = max((len(f"{place:.6f}".rstrip("0").partition(".")[2]) for place in places), default=0)
        texts = [f"{place:.{decimals}f}" for place in places]
    return [text.replace("-", "−") for text in texts]


# --- what matplotlib wrote, made small ---------------------------------------------------


def _tidy(element, names: dict[str, str]) -> None:
    """Keep of an element and of all in it what a reader sees; give ids their new names."""
    given = {name.rpartition("}")[2]: value for name, value in element.attrib.items()}
    element.attrib = {name: _TIDY.get(name, _numbers)(value) for name, value in given.items() if name != "id"}
    if given.get("id") in names:
        element.set("id", names[given["id"]])
    for name, before, after in (("href", "#", ""), ("clip-path", "url(#", ")")):
        if name in given:
            element.set(name, before + names[given[name].removeprefix(before).removesuffix(after)] + after)
    if given.get("transform", "").startswith("rotate(-0 "):
        del element.attrib["transform"]
    kept = []
    for child in element:
        _tidy(child, names)
        child.tail = None
        if child.tag in (f"{_SVG}metadata", f"{_SVG}style") or (child.tag == f"{_SVG}defs" and not len(child)):
            continue
        # A group without attributes only names matplotlib's objects: its children stand for it.
        bare = child.tag == f"{_SVG}g" and not child.attrib
        kept.extend(child if bare else [child])
    if len(element):
        element.text = None
    element[:] = _grouped(kept)


def _grouped(children: list) -> list:
    """Neighbours of one style get a group that says it once."""
    result = []
    for style, neighbours in itertools.groupby(children, lambda child: child.get("style", "")):
        neighbours = list(neighbours)
        if len(neighbours) > 1 and style and not re.search("(^|;)opacity", style):  # opacity is not inherited
            for child in neighbours:
                del child.attrib["style"]
            group = ElementTree.Element(f"{_SVG}g", style=style)
            group.extend(neighbours)
            neighbours = [group]
        result += neighbours
    return result


def _short(number: float, decimals: int = 1) -> str:
    # The middle of an axis often lies half-way between two decimals, where the last bit, which one Python
    # sums up otherwise than another, would choose the side: a millionth of a point decides for all.
    return f"{round(float(number) + 1e-6, decimals) + 0.0:.{decimals}f}".rstrip("0").rstrip(".")


def _numbers(text: str, decimals: int = 2) -> str:
    return re.sub(r"-?\d+\.\d+", lambda number: _short(number[0], decimals), text)


def _path(text: str) -> str:
    if re.search("[CQ]", text):  # the small round shapes of markers
        return re.sub(r"\s*([MLCQz])\s*", r"\1", _numbers(" ".join(text.split())))
    # After M and L, further points need no letter.
    return re.sub(r"\s*([Mz])\s*", r"\1", _numbers(" ".join(text.replace("L", " ").split()), 1))


@functools.cache  # hundreds of points are written in one style
def _style_of(text: str) -> str:
    text = re.sub(r"font: ([\d.]+px)[^;]*", r"font-size: \1", text)
    text = re.sub("#[0-9a-f]{6}", lambda colour: _NAMES.get(colour[0], colour[0]), _numbers(text))
    text = re.sub(r"(font-family: [^;]*|stroke-dashoffset: 0)(; |$)", "", text)
    # In one order, whichever matplotlib wrote them.
    return ";".join(sorted(re.sub("([:,]) ", r"\1", part) for part in text.removesuffix("; ").split("; ")))


_TIDY = {"style": _style_of, "d": _path, "x": _short, "y": _short}
