"""Pin what pyproject.toml asks for: requirements.txt (everything), binder/requirements.txt (to run notebooks),
lite/requirements.txt (to make a JupyterLite, apart from the others) and grading/requirements.txt (for instructors).

python tools/requirements.py             keep the pins that still fit
python tools/requirements.py --upgrade   take the newest versions that fit
"""

from __future__ import annotations

import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
EVERYTHING = ["pyproject.toml", "--all-extras"]
LEAN = ["pyproject.toml", "--extra", "notebook"]
LITE = ["--group", "lite"]
GRADING = ["pyproject.toml", "--group", "grading"]
MADE = """\
# {what}
# Made by `make requirements` from the bounds in pyproject.toml; change those, not this file.
"""
HEADER = (
    MADE
    + """\
# One version of each package for Python 3.11, 3.12 and 3.13: the chapters' outputs must be the same on all.
-e .
"""
)


def pins(path: Path) -> str:
    """The file without its header."""
    lines = path.read_text().splitlines(keepends=True) if path.exists() else []
    return "".join(line for line in lines if not line.startswith(("#", "-e ")))


def compiled(asked: list[str], old: str, upgrade: bool, constraints: str = "") -> str:
    """Resolve what the project asks for, starting from the old pins."""
    with tempfile.TemporaryDirectory() as folder:
        output, limits = Path(folder, "pins.txt"), Path(folder, "limits.txt")
        output.write_text(old)
        limits.write_text(constraints)
        command = ["pip", "compile", *asked, "--universal", "--fork-strategy=fewest"]
        command += ["--python-version=3.11", "--no-header", "--no-annotate", "--quiet"]
        command += [f"--constraints={limits}", f"--output-file={output}"]
        beside = Path(sys.executable).with_name("uv")
        uv = str(beside) if beside.exists() else shutil.which("uv") or "uv"
        subprocess.run(
            [uv, *command, *(["--upgrade"] if upgrade else [])], cwd=ROOT, check=True, stdout=subprocess.DEVNULL
        )
        return output.read_text()


def main() -> None:
    upgrade = "--upgrade" in sys.argv
    full, lean, lite, grading = (ROOT / folder / "requirements.txt" for folder in ("", "binder", "lite", "grading"))
    body = compiled(EVERYTHING, pins(full), upgrade)
    full.write_text(HEADER.format(what="All that builds and tests the book.") + body)
    body = compiled(LEAN, pins(lean), upgrade, constraints=body)
    lean.write_text(
        HEADER.format(what="What reads and runs the notebooks, and no more: for Binder and classrooms.") + body
    )
    body = compiled(LITE, pins(lite), upgrade, constraints=pins(full))  # its widgets must fit
    lite.write_text(MADE.format(what="What makes a JupyterLite of the chapters.") + body)
    body = compiled(GRADING, pins(grading), upgrade, constraints=pins(full))  # it computes as the chapters do
    grading.write_text(HEADER.format(what="What an instructor needs to assign exercises and to grade them.") + body)


if __name__ == "__main__":
    main()
