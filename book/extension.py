"""The book's own Sphinx extension: an SVG output stands in the page itself, not in an `<img>`.

Only so can the page's colours reach a figure (dark mode), and a screen reader the text in it.
"""

from __future__ import annotations

from pathlib import Path

from docutils import nodes
from sphinx.transforms import SphinxTransform


class InlineSvg(SphinxTransform):
    """Replace the image that myst-nb makes of a cell's SVG output by the SVG's own markup."""

    default_priority = 500  # after parsing, before Sphinx collects the images

    def apply(self, **kwargs) -> None:
        for output in self.document.findall(nodes.container):
            if output.get("mime_type") != "image/svg+xml":
                continue
            for image in list(output.findall(nodes.image)):
                svg = Path(self.env.srcdir, image["uri"].lstrip("/")).read_text(encoding="utf-8")
                markup = svg[svg.index("<svg") :]  # an XML prologue has no place inside HTML
                image.replace_self(nodes.raw("", markup, format="html"))


def setup(app):
    app.add_transform(InlineSvg)
    return {"version": "1", "env_version": 1, "parallel_read_safe": True, "parallel_write_safe": True}
