"""Pictures: a figure as a value, an SVG text together with the sentence that says what it shows."""

from __future__ import annotations

import functools
import hashlib
import html
import io
import re
from dataclasses import dataclass
from pathlib import Path
from xml.etree import ElementTree

import matplotlib
from matplotlib.backends.backend_svg import FigureCanvasSVG
from matplotlib.figure import Figure

_STYLE = Path(__file__).with_name("book.mplstyle")
_SVG = "{http://www.w3.org/2000/svg}"

# Every colour of the book. In an SVG each becomes `var(--fig-NAME, #hex)`: a page can
# recolour it (dark mode does), and everything else shows the colour that stands here.
COLOURS = {
    "ink": "#1f2328", "label": "#3d434d", "muted": "#8a8f98", "grid": "#e3e6ea", "paper": "#ffffff",
    "red": "#b3261e", "blue": "#1d5fbf", "green": "#0b7a55", "orange": "#a85200", "purple": "#7a3fd0",
    "teal": "#00708a", "magenta": "#b0158f", "olive": "#6f6500", "brown": "#7d4427", "slate": "#57606a",
    "tint-blue": "#d6e4f8", "tint-orange": "#f9e1c8", "tint-green": "#cfeadf", "tint-purple": "#e6dbf8",
}  # fmt: skip


@dataclass(frozen=True)
class Picture:
    """A finished figure.

    Parameters
    ----------
    panels : tuple of str
        One SVG text for each panel, drawn side by side (one below the other on a narrow page).
    alt : str
        What the picture shows, for a reader who can't see it.
    """

    panels: tuple[str, ...]
    alt: str

    @property
    def svg(self) -> str:
        """The whole figure as one SVG text, its panels in a row."""
        sizes = [_size(panel) for panel in self.panels]
        width, height = sum(w for w, _ in sizes), max(h for _, h in sizes)
        x, placed = 0.0, []
        for panel, (w, h) in zip(self.panels, sizes):
            # Inside another SVG a length in pt would be scaled a second time.
            placed.append(re.sub(r'width="[^"]*" height="[^"]*"', f'x="{x:g}" width="{w:g}" height="{h:g}"', panel, count=1))
            x += w
        return namespaced(
            f'<svg xmlns="http://www.w3.org/2000/svg" width="{width:g}pt" height="{height:g}pt" '
            f'viewBox="0 0 {width:g} {height:g}" role="img" aria-label="{html.escape(self.alt)}" '
            f'class="picture">{"".join(placed)}</svg>'
        )

    @property
    def html(self) -> str:
        """The figure as a piece of a page: a labelled box that holds one SVG a panel."""
        return f'<div class="panels" role="img" aria-label="{html.escape(self.alt)}">{"".join(self.panels)}</div>'

    def __repr__(self) -> str:
        return self.alt

    def _repr_mimebundle_(self, include=None, exclude=None):
        return (
            {"image/svg+xml": self.svg, "text/plain": self.alt},
            {"image/svg+xml": {"alt": self.alt}},
        )


def _size(panel: str) -> tuple[float, float]:
    width, height = re.search(r'viewBox="0 0 ([\d.]+) ([\d.]+)"', panel).groups()
    return float(width), float(height)


def namespaced(text: str, owner: str = "") -> str:
    """Make the ids in some markup its own: two figures on one page must not share them.

    Parameters
    ----------
    text : str
        The markup.
    owner : str, optional
        Texts with the same owner get the same ids; by default each text owns its own.
    """
    prefix = "p" + hashlib.sha256((owner or text).encode()).hexdigest()[:7]
    return re.sub(r'((?: id="|href="#|url\(#))', rf"\1{prefix}", text)


def beside(*pictures: Picture) -> Picture:
    """Put pictures next to each other, as one.

    Parameters
    ----------
    *pictures : Picture
        From left to right.
    """
    panels = sum((picture.panels for picture in pictures), ())
    return Picture(panels, " ".join(picture.alt for picture in pictures))


# --- from a matplotlib figure to a panel -------------------------------------------------


def styled(draw):
    """Run a drawing function in the book's style, whatever style the reader has set."""

    @functools.wraps(draw)
    def drawn(*args, **options):
        with matplotlib.rc_context(fname=_STYLE):
            return draw(*args, **options)

    return drawn


def new_axes(title: str, x: str, y: str, *, right: float = 0.15, width: float = 4.6, height: float = 3.0):
    """An empty pair of axes with margins in inches: the same in every frame of a moving figure."""
    figure = Figure(figsize=(width, height))
    left, bottom, top = 0.68 if y else 0.45, 0.5 if x else 0.32, 0.36 if title else 0.12
    axes = figure.add_axes((left / width, bottom / height, 1 - (left + right) / width, 1 - (bottom + top) / height))
    axes.set(xlabel=x, ylabel=y)
    axes.set_title(title, x=(0.08 - left) / (width - left - right))
    axes.locator_params(nbins=6)
    return axes


def panel_of(axes) -> str:
    """Save a figure as a small SVG text: no ids but the needed ones, two decimals, named colours."""
    stream = io.StringIO()
    FigureCanvasSVG(axes.figure).print_svg(stream, metadata={"Date": None, "Creator": None})
    root = ElementTree.fromstring(stream.getvalue().encode())
    wanted = set(re.findall(r"#([\w.-]+)[\")]", stream.getvalue()))
    _tidy(root, wanted)
    # matplotlib sets these two for every element by a style sheet, which on a page would reach further.
    root.attrib |= {"stroke-linejoin": "round", "stroke-linecap": "butt", "font-family": "sans-serif"}
    ElementTree.register_namespace("", _SVG[1:-1])
    return ElementTree.tostring(root, encoding="unicode")


_NAMES = {value: f"var(--fig-{name}, {value})" for name, value in COLOURS.items()}


def _tidy(element, wanted: set[str]) -> None:
    for name, value in list(element.attrib.items()):
        if name == "id" and value not in wanted:
            del element.attrib[name]
        elif name.startswith("{http://www.w3.org/1999/xlink}"):
            element.attrib[name.split("}")[1]] = element.attrib.pop(name)
        elif name == "style":
            value = re.sub(r"font-family: [^;]*;? ?", "", value)
            value = re.sub(r"(?<=font: )([\d.]+px) .*?(?=;|$)", r"\1 sans-serif", value)
            element.attrib[name] = re.sub("#[0-9a-f]{6}", lambda m: _NAMES.get(m[0], m[0]), _rounded(value))
        elif name == "transform" and value.startswith("rotate(-0 "):
            del element.attrib[name]
        elif name not in ("viewBox", "id"):
            element.attrib[name] = _rounded(" ".join(value.split()))
    kept = []
    for child in element:
        _tidy(child, wanted)
        if child.tag in (f"{_SVG}metadata", f"{_SVG}style") or (child.tag == f"{_SVG}defs" and not len(child)):
            continue
        child.tail = None
        # A group without attributes only names matplotlib's objects: its children stand for it.
        bare = child.tag == f"{_SVG}g" and not child.attrib
        kept.extend(child if bare else [child])
    if len(element):
        element.text = None
    element[:] = kept


def _rounded(text: str) -> str:
    return re.sub(r"-?\d+\.\d{3,}", lambda m: f"{float(m[0]):.2f}".rstrip("0").rstrip("."), text).replace("-0 ", "0 ")
