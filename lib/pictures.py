"""Pictures: a figure as a value, an SVG text together with the sentence that says what it shows."""

from __future__ import annotations

import hashlib
import html
import re
from dataclasses import dataclass

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
        for panel, (w, h) in zip(self._own_panels(), sizes, strict=True):
            # Inside another SVG a length in pt would be scaled a second time.
            place = f'x="{x:g}" width="{w:g}" height="{h:g}"'
            placed.append(re.sub('width="[^"]*" height="[^"]*"', place, panel, count=1))
            x += w
        return (
            f'<svg xmlns="http://www.w3.org/2000/svg" width="{width:g}pt" height="{height:g}pt" '
            f'viewBox="0 0 {width:g} {height:g}" role="img" aria-label="{html.escape(self.alt)}" '
            f'class="picture">{"".join(placed)}</svg>'
        )

    @property
    def html(self) -> str:
        """The figure as a piece of a page: a labelled box that holds one SVG a panel."""
        return self.boxed()

    def boxed(self, owner: str = "") -> str:
        """The figure as a piece of a page, with ids of its own.

        Parameters
        ----------
        owner : str, optional
            Pictures of one owner get the same ids, as the frames of one moving figure
            should; by default each picture owns its own.
        """
        panels = "".join(self._own_panels(owner))
        return f'<div class="panels" role="img" aria-label="{html.escape(self.alt)}">{panels}</div>'

    def _own_panels(self, owner: str = "") -> list[str]:
        # A page shares its ids among all that stands on it: each figure, and each panel in it, needs its own.
        prefix = "p" + hashlib.sha256((owner or "".join(self.panels)).encode()).hexdigest()[:7]
        own = [rf"\g<0>{prefix}-{number}-" for number in range(len(self.panels))]
        return [re.sub(r' id="|href="#|url\(#', new, panel) for new, panel in zip(own, self.panels, strict=True)]

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


def beside(*pictures: Picture) -> Picture:
    """Put pictures next to each other, as one.

    Parameters
    ----------
    *pictures : Picture
        From left to right.

    Raises
    ------
    TypeError
        If something else is given.
    """
    for picture in pictures or [None]:
        if not isinstance(picture, Picture):
            given = f"a {type(picture).__name__}" if pictures else "nothing"
            raise TypeError(f"beside takes pictures, as in beside(plot(relu), plot(gelu)); given: {given}.")
    panels = sum((picture.panels for picture in pictures), ())
    return Picture(panels, " ".join(picture.alt for picture in pictures))
