"""Build the book, serve it on this machine, and build again whenever something changes.

python tools/serve.py [port]
"""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from livereload import Server

ROOT = Path(__file__).resolve().parent.parent
WATCHED = ["*.md", "*.yml", "*.bib", "book", "chapters/*.ipynb", "lib/**/*.py", "lib/*.mplstyle", "lite/*", "reference/*.md"]


def build() -> bool:
    """Run the stale chapters and build; a failure is told by make, and the last good pages stay."""
    return subprocess.run(["make", "--no-print-directory", "chapters", "book"], cwd=ROOT).returncode == 0


def main() -> None:
    port = int(sys.argv[1]) if len(sys.argv) > 1 else 8000
    if not build() and not (ROOT / "_build/html/index.html").exists():
        sys.exit("The book could not be built; see above.")
    server = Server()
    for pattern in WATCHED:
        server.watch(str(ROOT / pattern), build)
    server.serve(root=str(ROOT / "_build/html"), port=port, host="127.0.0.1")


if __name__ == "__main__":
    main()
