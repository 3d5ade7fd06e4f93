"""The chapters as Colab opens them: one cell more, good links, and otherwise the chapters."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path

import pytest

from tools import colab

ROOT = Path(__file__).resolve().parent.parent
CHAPTERS = sorted((ROOT / "chapters").glob("*.ipynb"))
REPOSITORY = "https://github.com/ada/course"


@pytest.mark.parametrize("path", CHAPTERS, ids=lambda path: path.stem)
def test_a_variant_is_the_chapter_with_one_cell_more(path):
    notebook = json.loads(path.read_text(encoding="utf-8"))
    first, *cells = colab.variant(notebook, REPOSITORY, "c0ffee")["cells"]
    assert first["source"] == [f"%pip install --quiet --no-deps --force-reinstall git+{REPOSITORY}@c0ffee"]
    for cell, original in zip(cells, notebook["cells"], strict=True):
        if original["cell_type"] == "code":
            assert cell == original
    prose = "".join("".join(cell["source"]) for cell in cells if cell["cell_type"] == "markdown")
    assert re.findall(r"\]\((?!http|#)([^)]*\.(?:ipynb|md|svg)[^)]*)\)", prose) == []
    names = re.findall(r"\]\(https://colab\.research\.google\.com/github/ada/course/blob/colab/([^)#]*)", prose)
    assert {ROOT / "chapters" / name for name in names} <= set(CHAPTERS)


def test_without_an_address_on_github_it_says_so(tmp_path):
    told = subprocess.run(
        [sys.executable, "-m", "tools.colab", tmp_path / "out", "c0ffee"], cwd=ROOT, capture_output=True, text=True
    )
    if 'url: ""' in (ROOT / "_config.yml").read_text():
        assert told.returncode and "names no repository there" in told.stderr and not (tmp_path / "out").exists()
    else:
        assert told.returncode == 0 and len(list((tmp_path / "out").glob("*.ipynb"))) == len(CHAPTERS)
