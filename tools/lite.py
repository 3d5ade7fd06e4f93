"""JupyterLite: make its shell once, then put it into the built book, with the chapters in it.

    python tools/lite.py shell SHELL         the programs, as lite/*.json says
    python tools/lite.py build SHELL INTO    these and the chapters; the Python they run on stands in ../pyodide

The shell takes seconds to make and holds nothing of the course, so that a rebuild of the book only copies it.
"""

from __future__ import annotations

import hashlib
import json
import shutil
import subprocess
import sys
import tempfile
from datetime import UTC, datetime
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
KERNEL = "@jupyterlite/pyodide-kernel-extension:kernel"


def shell(into: Path) -> None:
    """Build a JupyterLite without contents; the build's own notes stay out of the checkout."""
    shutil.rmtree(into, ignore_errors=True)
    with tempfile.TemporaryDirectory() as folder:
        shutil.copytree(ROOT / "lite", folder, dirs_exist_ok=True)
        command = [sys.executable, "-m", "jupyterlite_core", "build", f"--output-dir={into.resolve()}"]
        done = subprocess.run(command, cwd=folder, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    if done.returncode:
        sys.exit(f"JupyterLite could not be built:\n{done.stdout}")
    (into / "ready").touch()


def build(made: Path, into: Path) -> None:
    """Copy the shell to `into`, and the chapters with it."""
    shutil.rmtree(into, ignore_errors=True)
    shutil.copytree(made, into, ignore=shutil.ignore_patterns("ready"))
    (into / "files").mkdir(exist_ok=True)
    chapters = sorted((ROOT / "chapters").glob("*.ipynb"))
    for chapter in chapters:
        shutil.copyfile(chapter, into / "files" / chapter.name)
    listing = {**entry("", "directory"), "format": "json", "content": [notebook(chapter) for chapter in chapters]}
    write(into / "api" / "contents" / "all.json", listing)
    settings = json.loads((into / "jupyter-lite.json").read_text())
    settings["jupyter-config-data"]["contentsAllJsonFile"] = "all.json"
    python = into.parent / "pyodide" / "pyodide-lock.json"
    # The list of packages has an address that changes with it: a browser that kept an older one asks again.
    version = hashlib.sha256(python.read_bytes()).hexdigest()[:8]
    kernel = settings["jupyter-config-data"]["litePluginSettings"][KERNEL]
    kernel["loadPyodideOptions"] = {"lockFileURL": f"../pyodide/{python.name}?v={version}"}
    write(into / "jupyter-lite.json", settings)


def notebook(chapter: Path) -> dict:
    """What the list of files says of a chapter."""
    told = chapter.stat()
    return {**entry(chapter.name, "notebook", told.st_mtime), "size": told.st_size}


def entry(path: str, kind: str, changed: float = 0) -> dict:
    """One entry of Jupyter's list of files, without its content."""
    moment = datetime.fromtimestamp(changed, UTC).isoformat().replace("+00:00", "Z")
    told = {"name": path, "path": path, "type": kind, "created": moment, "last_modified": moment, "writable": True}
    return told | {"content": None, "format": None, "mimetype": None, "size": None}


def write(path: Path, value) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(value, indent=1) + "\n")


def main() -> None:
    match sys.argv[1:]:
        case ["shell", made]:
            shell(Path(made))
        case ["build", made, into]:
            build(Path(made), Path(into))
        case _:
            sys.exit(__doc__)


if __name__ == "__main__":
    main()
