"""The built pages stand alone: whatever they load or link to on this site is there, and nothing comes from elsewhere."""

from __future__ import annotations

import hashlib
import json
import re
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urlsplit

import pytest
import yaml

ROOT = Path(__file__).resolve().parent.parent
LOADED = {"script": "src", "img": "src", "source": "src", "iframe": "src", "video": "src", "audio": "src", "embed": "src"}
LOADED |= {"object": "data", "image": "href", "use": "href"}
ONLY_NAMED = {"canonical", "next", "prev", "search", "index", "author", "license", "alternate"}


class Page(HTMLParser):
    """What a page loads, what it links to, and the ids that others can link to."""

    def __init__(self, path: Path):
        super().__init__()
        self.loaded, self.links, self.ids = [], [], set()
        self.feed(path.read_text(encoding="utf-8"))

    def handle_starttag(self, tag, attributes):
        given = {name: value or "" for name, value in attributes}
        self.ids |= {given[name] for name in ("id", "name") if name in given}
        if tag == "link" and not ONLY_NAMED & set(given.get("rel", "").split()):
            self.loaded.append(given.get("href", ""))
        if LOADED.get(tag) in given:
            self.loaded.append(given[LOADED[tag]])
        self.loaded += [part.split()[0] for part in given.get("srcset", "").split(",") if part.strip()]
        self.loaded += addresses(given.get("style", ""))
        if tag == "a" and given.get("href"):
            self.links.append(given["href"])


def addresses(css: str) -> list[str]:
    """What a style sheet loads."""
    css = re.sub(r"(?s)/\*.*?\*/", "", css)
    found = re.findall(r"""url\(\s*["']?([^"')]+)|@import\s+["']([^"']+)""", css)
    return [a or b for a, b in found if not (a or b).startswith(("data:", "#"))]


@pytest.fixture(scope="module")
def pages(built_book) -> dict[Path, Page]:
    """All pages of the book itself: JupyterLite's are proved in a browser, in test_lite.py."""
    own = (path for path in built_book.rglob("*.html") if not {"_static", "lite"} & set(path.parts))
    return {path: Page(path) for path in own}


def test_every_page_of_the_table_of_contents_is_there(built_book):
    text = (ROOT / "_toc.yml").read_text()
    listed = re.findall(r"(?m)^(?:root|\s*- file): (\S+)$", text)
    assert len(listed) == 1 + sum(len(part["chapters"]) for part in yaml.safe_load(text)["parts"])
    assert [name for name in listed if not (built_book / f"{name}.html").exists()] == []


def test_chapters_are_numbered_through_from_part_to_part(built_book):
    for number, name in enumerate(numbered_chapters(), start=1):
        page = (built_book / f"{name}.html").read_text(encoding="utf-8")
        assert re.findall(r'<h1><span class="section-number">(\d+)\.', page) == [str(number)]


def numbered_chapters():
    parts = yaml.safe_load((ROOT / "_toc.yml").read_text())["parts"]
    return [chapter["file"] for part in parts if part.get("numbered") for chapter in part["chapters"]]


def test_a_link_that_names_a_chapter_leads_to_it():
    chapters, found = numbered_chapters(), 0
    for source in [*ROOT.glob("chapters/*.ipynb"), *ROOT.glob("reference/*.md")]:
        text = source.read_text(encoding="utf-8").replace("\\n", " ").replace('",\n    "', "")
        link = r"(?i)\[(?:chapter\s+)?(\d+)(?:, [^\]]*)?\]\((?:\.\./chapters/)?(\w+)\.ipynb[)#]"
        for number, target in re.findall(link, text):
            assert chapters[int(number) - 1] == f"chapters/{target}", f"{source.name} calls {target} chapter {number}"
            found += 1
    assert found > 200


@pytest.mark.parametrize("path", sorted(ROOT.glob("chapters/*.ipynb")), ids=lambda path: path.stem)
def test_a_chapter_that_is_named_is_linked_once(path):
    numbers = {name: str(number) for number, name in enumerate(numbered_chapters(), start=1)}
    cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
    text = "\n".join("".join(cell["source"]) for cell in cells if cell["cell_type"] == "markdown")
    text = re.sub(r"\[[^\]]*\]\(http[^)]*\)", "", text)  # chapters of other books
    linked = {numbers.get(f"chapters/{name}") for name in re.findall(r"\((\w+)\.ipynb[)#]", text)}
    named = re.findall(r"(?i)\bchapters?\s+(\d+)", text)
    assert set(named) <= linked | {numbers.get(f"chapters/{path.stem}")}


def test_nothing_is_loaded_from_another_host(pages, built_book):
    sheets = {path: addresses(path.read_text(encoding="utf-8")) for path in built_book.rglob("*.css")}
    loads = {**{path: page.loaded for path, page in pages.items()}, **sheets}
    foreign = [(path.name, address) for path, found in loads.items() for address in found if urlsplit(address).netloc]
    assert foreign == []


def test_whatever_is_loaded_or_linked_is_there(pages):
    missing = []
    for path, page in pages.items():
        for address in {*page.loaded, *page.links}:
            parts = urlsplit(address)
            if parts.scheme or parts.netloc:
                continue
            target = (path.parent / unquote(parts.path)).resolve() if parts.path else path
            if not target.is_file():
                missing.append((path.name, address))
            elif parts.fragment and target in pages and unquote(parts.fragment) not in pages[target].ids:
                missing.append((path.name, address))
    assert missing == []


def test_the_table_of_copies_is_true():
    """book/assets/vendor/README.md, written by tools/vendor.py, against the files."""
    vendor = ROOT / "book" / "assets" / "vendor"
    listed = dict(re.findall(r"(?m)^\| (\S+) \| ([0-9a-f]{64}) \|$", (vendor / "README.md").read_text()))
    files = [path for path in vendor.rglob("*") if path.is_file() and path != vendor / "README.md"]
    assert listed == {path.relative_to(vendor).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest() for path in files}
