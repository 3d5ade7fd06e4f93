"""Run the chapters, and hold that the outputs committed with them come from this very `lib`.

    python tools/chapters.py check              fail where a chapter's outputs are stale
    python tools/chapters.py run                run the chapters that are stale
    python tools/chapters.py run chapters/x.ipynb ...      run these, stale or not

A run leaves a notebook with its outputs, no trace of the machine or the moment, and a
fingerprint of what the outputs depend on: the files of `lib` and the notebook's own code.
Running it twice gives the same file, byte for byte.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import sys
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PROCESSES = 2
WIDGET = "application/vnd.jupyter.widget-view+json"  # names a model that lives in one kernel only
METADATA = {
    "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
    "language_info": {
        "codemirror_mode": {"name": "ipython", "version": 3},
        "file_extension": ".py",
        "mimetype": "text/x-python",
        "name": "python",
        "nbconvert_exporter": "python",
        "pygments_lexer": "ipython3",
    },
}


def chapters(root: Path = ROOT) -> list[Path]:
    """All the notebooks of the book."""
    return sorted((root / "chapters").glob("*.ipynb"))


def fingerprint(notebook: dict, root: Path = ROOT) -> str:
    """The sha256 of everything that a notebook's outputs depend on."""
    digest = hashlib.sha256()
    library = (path for path in (root / "lib").rglob("*") if path.is_file() and "__pycache__" not in path.parts)
    for path in sorted(library, key=lambda path: path.relative_to(root).as_posix()):
        content = path.read_bytes()
        digest.update(f"{path.relative_to(root).as_posix()} {len(content)}\n".encode())
        digest.update(content)
    code = ["".join(cell["source"]) for cell in notebook["cells"] if cell["cell_type"] == "code"]
    digest.update(json.dumps(code).encode())
    return digest.hexdigest()


def is_fresh(path: Path, root: Path = ROOT) -> bool:
    """Whether a notebook was run with its present code and the present `lib`."""
    notebook = json.loads(path.read_text(encoding="utf-8"))
    return notebook["metadata"].get("course", {}).get("fingerprint") == fingerprint(notebook, root)


def clean(notebook, root: Path = ROOT):
    """Take out of an executed notebook what belongs to one machine or one moment; add its fingerprint."""
    for cell in notebook.cells:
        cell.metadata.pop("execution", None)
        for output in cell.get("outputs", []):
            output.get("data", {}).pop(WIDGET, None)
            output.get("metadata", {}).pop(WIDGET, None)
    notebook.metadata = METADATA | {"course": {"fingerprint": fingerprint(notebook, root)}}
    notebook.nbformat_minor = 5
    return notebook


def run(path: Path, root: Path = ROOT) -> str | None:
    """Execute one notebook and write it back; return what went wrong, if anything did."""
    import nbformat
    from nbclient import NotebookClient
    from nbclient.exceptions import CellExecutionError, CellTimeoutError, DeadKernelError

    notebook = nbformat.read(path, as_version=4)
    client = NotebookClient(
        notebook,
        kernel_name="python3",
        record_timing=False,
        coalesce_streams=True,
        extra_arguments=["--log-level=ERROR"],  # else each kernel warns that it talks over TCP
        timeout=120,
        resources={"metadata": {"path": str(path.parent)}},
    )
    paths = os.pathsep.join(filter(None, [str(root), os.environ.get("PYTHONPATH")]))
    try:
        client.execute(env=os.environ | {"PYTHONPATH": paths})
    except (CellExecutionError, CellTimeoutError, DeadKernelError) as error:
        return f"{path.name} was not written: {error}"
    written = path.with_suffix(".ipynb.new")
    written.write_text(nbformat.writes(clean(notebook, root)) + "\n", encoding="utf-8")
    written.replace(path)
    return None


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("what", choices=["check", "run"])
    parser.add_argument("files", nargs="*", type=Path)
    given = parser.parse_args(arguments)

    stale = given.files if given.what == "run" and given.files else [p for p in chapters() if not is_fresh(p)]
    if given.what == "check":
        for path in stale:
            print(f"{path.relative_to(ROOT)} was run with another lib or other code than it has now: make chapters")
        return bool(stale)

    failed = False
    with ProcessPoolExecutor(PROCESSES) as pool:
        for path, wrong in zip(stale, pool.map(run, [path.resolve() for path in stale])):
            print(wrong or f"{path.name} was run.", flush=True)
            failed |= wrong is not None
    return failed


if __name__ == "__main__":
    sys.exit(main())
