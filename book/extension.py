"""The book's own Sphinx extension: an SVG stands in the page itself, not in an `<img>`.

Only so can the page's colours reach a figure (dark mode), and a screen reader the text in it.
"""

from __future__ import annotations

import re
from pathlib import Path

from docutils import nodes
from sphinx.transforms import SphinxTransform


class InlineSvg(SphinxTransform):
    """Replace each SVG image, of a cell's output or of the text, by its own markup."""

    default_priority = 500  # after parsing, before Sphinx collects the images

    def apply(self, **kwargs) -> None:
        for image in list(self.document.findall(nodes.image)):
            if image["uri"].endswith(".svg"):
                _, path = self.env.relfn2path(image["uri"], self.env.docname)
                self.env.note_dependency(path)
                image.replace_self(nodes.raw("", in_page(Path(path).read_text(encoding="utf-8")), format="html"))


def in_page(svg: str) -> str:
    """Make of an SVG file what can stand in a page: a picture of `lib` becomes a box of its panels."""
    markup = svg[svg.index("<svg") :]  # an XML prologue has no place inside HTML
    panels = re.findall(r'<svg x="[^"]*" width="([^"]*)" height="([^"]*)"(.*?</svg>)', markup, re.DOTALL)
    if not panels:
        return markup
    label = re.search(r'aria-label="([^"]*)"', markup)[1]
    boxed = "".join(f'<svg width="{width}pt" height="{height}pt"{rest}' for width, height, rest in panels)
    return f'<div class="panels" role="img" aria-label="{label}">{boxed}</div>'


# docutils gives each entry of a bibliography the role doc-biblioentry, which has left the
# standard. It is an item of a list, like any other.


def visit_citation(translator, node) -> None:
    if not isinstance(node.previous_sibling(), nodes.citation):
        translator.body.append('<div role="list" class="citation-list">\n')
    translator.body.append(translator.starttag(node, "div", CLASS="citation", role="listitem"))


def depart_citation(translator, node) -> None:
    last = not isinstance(node.next_node(descend=False, siblings=True), nodes.citation)
    translator.body.append("</div>\n</div>\n" if last else "</div>\n")


def setup(app):
    app.add_transform(InlineSvg)
    app.add_node(nodes.citation, override=True, html=(visit_citation, depart_citation))
    return {"version": "1", "env_version": 2, "parallel_read_safe": True, "parallel_write_safe": True}
