"""Every term that a chapter sets in bold stands in the glossary, with its Korean and the chapter where it first stands."""

from __future__ import annotations

import re
from pathlib import Path

import nbformat
import yaml

ROOT = Path(__file__).resolve().parent.parent
PARTS = [part for part in yaml.safe_load((ROOT / "_toc.yml").read_text())["parts"] if part.get("numbered")]
CHAPTERS = [chapter["file"] for part in PARTS for chapter in part["chapters"]]
OTHER_FORMS = {"obliquely": "oblique", "boolean functions": "boolean function"}


def glossary() -> dict[str, tuple[str, str, str]]:
    """From each term to its Korean, what it is, and the page of its chapter."""
    lines = (ROOT / "reference" / "glossary.md").read_text(encoding="utf-8").splitlines()
    rows = [[cell.strip() for cell in line.strip("|").split("|")] for line in lines if line.startswith("| ")][2:]
    return {term: (korean, meaning, re.search(r"\((.*)\)", link)[1]) for term, korean, meaning, link in rows}


def bold_terms() -> dict[str, str]:
    """From each bold term, in lower case, to the chapter in which it stands first."""
    first = {}
    for chapter in CHAPTERS:
        for cell in nbformat.read(ROOT / f"{chapter}.ipynb", as_version=4).cells:
            for term in re.findall(r"(?s)\*\*(.+?)\*\*", cell.source if cell.cell_type == "markdown" else ""):
                term = " ".join(term.lower().split())
                first.setdefault(OTHER_FORMS.get(term, term), chapter)
    return first


def test_each_bold_term_is_in_the_glossary_with_its_first_chapter():
    listed = {term.lower(): f"../{chapter}.ipynb" for term, chapter in bold_terms().items()}
    assert {term.lower(): link for term, (_, _, link) in glossary().items()} == listed


def test_each_term_has_its_korean_and_its_meaning_and_they_are_in_order():
    entries = glossary()
    assert [term for term, (korean, _, _) in entries.items() if not re.search("[가-힣]", korean)] == []
    assert [term for term, (_, meaning, _) in entries.items() if not meaning.endswith(".")] == []
    assert list(entries) == sorted(entries, key=str.lower)
