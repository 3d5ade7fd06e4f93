"""The chapters as Colab needs them: a first cell installs `lib`, and links lead on from there.

    python tools/colab.py FOLDER COMMIT

Colab opens a notebook from GitHub alone, without the files beside it. A cell that fetches them would be in the way
everywhere else, so these copies are written for a branch of their own, `colab`, which the workflow renews when it
publishes the book. The repository's address is the one in _config.yml; `lib` is taken from COMMIT, as the chapters are.
"""

from __future__ import annotations

import json
import re
import sys
from pathlib import Path

import yaml

ROOT = Path(__file__).resolve().parent.parent
# Colab has numpy, matplotlib and ipywidgets of its own, which its notebooks are used to: they stay as they are. A machine
# that a reader comes back to may hold an older lib of the same version.
INSTALL = "%pip install --quiet --no-deps --force-reinstall git+{repository}@{commit}"


def variant(notebook: dict, repository: str, commit: str) -> dict:
    """A notebook with the first cell that Colab needs, and links that are good there."""
    first = {"cell_type": "code", "id": "colab", "metadata": {}, "execution_count": None, "outputs": []}
    first["source"] = [INSTALL.format(repository=repository, commit=commit)]
    cells = [
        {**cell, "source": [linked(line, repository, commit) for line in cell["source"]]}
        if cell["cell_type"] == "markdown"
        else cell
        for cell in notebook["cells"]
    ]
    return {**notebook, "cells": [first, *cells]}


def linked(line: str, repository: str, commit: str) -> str:
    """Other chapters are opened in Colab, pictures and pages shown from the repository."""
    colab = repository.replace("https://github.com", "https://colab.research.google.com/github")
    line = re.sub(r"\]\((\w+\.ipynb)", rf"]({colab}/blob/colab/\1", line)
    return re.sub(r"\]\(\.\./([\w/]+\.(?:svg|md))", rf"]({repository}/raw/{commit}/\1", line)


def main() -> None:
    folder, commit = Path(sys.argv[1]), sys.argv[2]
    repository = yaml.safe_load((ROOT / "_config.yml").read_text())["repository"]["url"].rstrip("/").removesuffix(".git")
    if not repository.startswith("https://github.com/"):
        sys.exit("Colab opens notebooks from GitHub, and _config.yml names no repository there: nothing was written.")
    folder.mkdir(parents=True, exist_ok=True)
    for chapter in sorted((ROOT / "chapters").glob("*.ipynb")):
        made = variant(json.loads(chapter.read_text(encoding="utf-8")), repository, commit)
        (folder / chapter.name).write_text(json.dumps(made, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
