"""Whether everybody can use a page: what axe says is wrong with it."""

from __future__ import annotations

from axe_playwright_python.base import AXE_SCRIPT
from axe_playwright_python.sync_playwright import Axe

# Text that is written alike, the same elements with the same classes and styles around it, has the same
# contrast, and a page of code holds the same few words of it a thousand times, each of which costs axe
# milliseconds. The first and the last of each kind that can be seen are measured. (Rows of a table alternate.)
ALIKE = """;(() => {
    const kinds = new Map();
    const kind = new Map([[null, ""]]);
    for (const each of document.querySelectorAll("*")) {
        const row = each.tagName === "TR" ? [...each.parentNode.children].indexOf(each) % 2 : "";
        const own = [each.tagName, row, each.getAttribute("class"), each.getAttribute("style"), each.getAttribute("fill")];
        kind.set(each, `${kind.get(each.parentElement)}>${own}`);
        delete each.dataset.contrast;
        const box = each.getBoundingClientRect();
        if (!each.checkVisibility({ visibilityProperty: true }) || !box.width || !box.height) continue;
        const found = kinds.get(kind.get(each));
        kinds.set(kind.get(each), [found?.[0] ?? each, each]);
    }
    for (const each of [...kinds.values()].flat()) each.dataset.contrast = "";
    axe.configure({ rules: [{ id: "color-contrast", selector: "[data-contrast]" }] });
})();"""

# Without preloading, axe fetches no style sheet a second time (and misreads no address in one).
OPTIONS = {"resultTypes": ["violations"], "preload": False}


def violations(page) -> list[tuple[str, list[str]]]:
    """The rules that a page breaks, and where."""
    found = Axe(AXE_SCRIPT + ALIKE).run(page, options=OPTIONS).response["violations"]
    return [(rule["id"], node["target"]) for rule in found for node in rule["nodes"]]
