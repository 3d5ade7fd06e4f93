"""Pin what pyproject.toml asks for: requirements.txt (everything) and binder/requirements.txt (to run notebooks).

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
EVERYTHING = ["--all-extras"]
LEAN = ["--extra", "notebook"]
HEADER = """\
# {what}
# Made by `make requirements` from the bounds in pyproject.toml; change those, not this file.
# One version of each package for Python 3.11, 3.12 and 3.13: the chapters' outputs must be the same on all.
-e .
"""


def pins(path: Path) -> str:
    """The file without its header."""
    return path.read_text().partition("-e .\n")[2] if path.exists() else ""


def compiled(extras: list[str], old: str, upgrade: bool, constraints: str = "") -> str:
    """Resolve the project with these extras, starting from the old pins."""
    with tempfile.TemporaryDirectory() as folder:
        output, limits = Path(folder, "pins.txt"), Path(folder, "limits.txt")
        output.write_text(old)
        limits.write_text(constraints)
        command = ["pip", "compile", "pyproject.toml", *extras, "--universal", "--fork-strategy=fewest"]
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
    full, lean = ROOT / "requirements.txt", ROOT / "binder" / "requirements.txt"
    body = compiled(EVERYTHING, pins(full), upgrade)
    full.write_text(HEADER.format(what="All that builds and tests the book.") + body)
    body = compiled(LEAN, pins(lean), upgrade, constraints=body)
    lean.write_text(
        HEADER.format(what="What reads and runs the notebooks, and no more: for Binder and classrooms.") + body
    )


if __name__ == "__main__":
    main()
