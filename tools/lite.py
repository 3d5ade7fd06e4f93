"""JupyterLite: make its shell once, then put it into the built book, with the chapters in it.

    python -m tools.lite shell SHELL         the programs, as lite/*.json says
    python -m tools.lite build SHELL INTO    these and the chapters; the Python they run on stands in ../pyodide

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

from book.strict import without_inline_scripts

ROOT = Path(__file__).resolve().parent.parent
# The chapters, and what they link to; all stands as in the repository, so that the links hold.
CONTENTS = ["chapters/*.ipynb", "book/assets/map.svg", "reference/*.md"]
KERNEL = "@jupyterlite/pyodide-kernel-extension:kernel"


def shell(into: Path) -> None:
    """Build a JupyterLite without contents, unless it is there; the build's own notes stay out of the checkout."""
    receipt = "\n".join(file.read_text() for file in sorted((ROOT / "lite").iterdir()))
    ready = into / "ready"
    if ready.exists() and ready.read_text() == receipt:
        return ready.touch()
    shutil.rmtree(into, ignore_errors=True)
    with tempfile.TemporaryDirectory() as folder:
        shutil.copytree(ROOT / "lite", folder, dirs_exist_ok=True)
        command = [str(Path(sys.executable).with_name("uv")), "run", "--quiet", "--isolated", "--no-project"]
        command += [f"--python={sys.executable}", "--with-requirements=requirements.txt"]
        command += ["python", "-m", "jupyterlite_core", "build", f"--output-dir={into.resolve()}"]
        done = subprocess.run(command, cwd=folder, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    if done.returncode:
        sys.exit(f"JupyterLite could not be built:\n{done.stdout}")
    ready.write_text(receipt)


def build(made: Path, into: Path) -> None:
    """Copy the shell to `into`, and the contents with it."""
    shutil.rmtree(into, ignore_errors=True)
    shutil.copytree(made, into, ignore=shutil.ignore_patterns("ready"))
    for page in into.rglob("index.html"):  # its script finds others from where it stands
        page.write_text(without_inline_scripts(page.read_text(encoding="utf-8"), page.parent, page), encoding="utf-8")
    for pattern in CONTENTS:
        for file in ROOT.glob(pattern):
            copy = into / "files" / file.relative_to(ROOT)
            copy.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(file, copy)
    for folder in [into / "files", *(path for path in (into / "files").rglob("*") if path.is_dir())]:
        name = folder.relative_to(into / "files")
        inside = [entry(path, into / "files") for path in sorted(folder.iterdir())]
        write(into / "api" / "contents" / name / "all.json", entry(folder, into / "files") | {"format": "json", "content": inside})
    settings = json.loads((into / "jupyter-lite.json").read_text())
    settings["jupyter-config-data"]["contentsAllJsonFile"] = "all.json"
    python = into.parent / "pyodide" / "pyodide-lock.json"
    # The list of packages has an address that changes with it: a browser that kept an older one asks again.
    version = hashlib.sha256(python.read_bytes()).hexdigest()[:8]
    kernel = settings["jupyter-config-data"]["litePluginSettings"][KERNEL]
    kernel["loadPyodideOptions"] = {"lockFileURL": f"../pyodide/{python.name}?v={version}"}
    write(into / "jupyter-lite.json", settings)


def entry(path: Path, root: Path) -> dict:
    """What Jupyter's list of files says of a file or folder; what is in it, a browser asks for."""
    told = path.stat()
    moment = datetime.fromtimestamp(told.st_mtime, UTC).isoformat().replace("+00:00", "Z")
    kind = "directory" if path.is_dir() else "notebook" if path.suffix == ".ipynb" else "file"
    relative = "" if path == root else path.relative_to(root).as_posix()
    named = {"name": relative.rpartition("/")[2], "path": relative, "type": kind}
    times = {"created": moment, "last_modified": moment, "writable": True}
    return named | times | {"content": None, "format": None, "mimetype": None, "size": told.st_size}


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
