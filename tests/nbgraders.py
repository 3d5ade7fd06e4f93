"""nbgrader, for tests. It stands in the instructors' environment (`make grading`), which has the book's versions; what
only that one has is found after everything else."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
BIN = ROOT / ".venv-grading" / "bin"
_PACKAGES = BIN.parent / "lib" / f"python{sys.version_info.major}.{sys.version_info.minor}" / "site-packages"
_THERE = (_PACKAGES / "nbgrader").exists() and (BIN / "grading").exists()
needed = pytest.mark.skipif(not _THERE, reason="`make grading` has not been called with this Python")
if _THERE:
    sys.path.append(str(_PACKAGES))
    os.environ["PATH"] += f":{BIN}"  # nbgrader calls a program of its own


def grading(folder: Path, *arguments: str, fails: bool = False) -> str:
    """What the command `grading` says in a folder; of a failure, what it complains of, which is no traceback."""
    done = subprocess.run([BIN / "grading", *map(str, arguments)], cwd=folder, capture_output=True, text=True)
    assert (done.returncode != 0) == fails and "Traceback" not in done.stderr, (
        f"{arguments}:\n{done.stdout}{done.stderr}"
    )
    return done.stderr if fails else done.stdout
