"""A plain environment with what Colab brings along: the chapters run there to their end.

`make test-colab` makes that environment and names it in COLAB; `make test` leaves this out.
"""

from __future__ import annotations

import json
import os
import subprocess
from pathlib import Path

import pytest

from tools import colab

ROOT = Path(__file__).resolve().parent.parent
PYTHON = ROOT / os.environ["COLAB"] / "bin" / "python"
CHAPTERS = sorted((ROOT / "chapters").glob("*.ipynb"))
WIDGET = "application/vnd.jupyter.widget-view+json"
RUN = """
import sys, nbclient, nbformat
notebook = nbformat.read(sys.argv[1], 4)
nbclient.NotebookClient(notebook, timeout=600, resources={"metadata": {"path": sys.argv[2]}}).execute()
nbformat.write(notebook, sys.argv[1])
"""


def printed(cell: dict) -> str:
    """All that a cell printed, which a kernel may send in pieces."""
    return "".join("".join(output["text"]) for output in cell["outputs"] if output.get("name") == "stdout")


def git(*arguments: str) -> str:
    return subprocess.run(["git", *arguments], cwd=ROOT, capture_output=True, text=True, check=True).stdout.strip()


@pytest.fixture(autouse=True, scope="module")
def whole():
    """From a shallow checkout pip fetches without end: what git leaves out for later is not there either."""
    if git("rev-parse", "--is-shallow-repository") == "true":
        pytest.exit("This checkout is shallow; first: git fetch --unshallow", 1)


@pytest.mark.parametrize("path", CHAPTERS, ids=lambda path: path.stem)
def test_a_chapter_runs_to_its_end(path, tmp_path):
    notebook = json.loads(path.read_text(encoding="utf-8"))
    made = colab.variant(notebook, f"file://{ROOT}", git("rev-parse", "HEAD"))  # this checkout, as it is committed
    (tmp_path / path.name).write_text(json.dumps(made))
    (tmp_path / "elsewhere").mkdir()  # without lib beside it
    around = {key: value for key, value in os.environ.items() if not key.startswith(("PYTHON", "JUPYTER"))}
    around |= {f"JUPYTER_{what}_DIR": str(tmp_path / what) for what in ("CONFIG", "DATA", "RUNTIME")}
    around |= {"IPYTHONDIR": str(tmp_path / "ipython"), "PATH": f"{PYTHON.parent}{os.pathsep}{os.environ['PATH']}"}
    command = [PYTHON, "-c", RUN, tmp_path / path.name, tmp_path / "elsewhere"]
    done = subprocess.run(command, env=around, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr[-3000:]
    ran = [cell for cell in json.loads((tmp_path / path.name).read_text())["cells"][1:] if cell["cell_type"] == "code"]
    committed = [cell for cell in notebook["cells"] if cell["cell_type"] == "code"]
    assert [printed(cell) for cell in ran] == [printed(cell) for cell in committed]
    moving = [cell for cell in ran if any(line.startswith("explore(") for line in cell["source"])]
    assert all(any(WIDGET in output.get("data", {}) for output in cell["outputs"]) for cell in moving)
