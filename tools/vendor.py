"""Renew what the pages bring along from npm, so that they ask nothing of another host.

    python tools/vendor.py

Needs npm. Change a version in PACKAGES and run it: the files, their licences and the
table in book/assets/vendor/README.md are written anew. A test compares table and files.
"""

from __future__ import annotations

import hashlib
import shutil
import subprocess
import tarfile
import tempfile
from pathlib import Path
from typing import NamedTuple

VENDOR = Path(__file__).resolve().parent.parent / "book" / "assets" / "vendor"


class Package(NamedTuple):
    """One package of npm's, and the files of it that are taken (pattern inside it → folder here)."""

    name: str
    version: str
    licence: str
    purpose: str
    files: dict[str, str]


PACKAGES = [
    Package(
        "mathjax",
        "3.2.2",
        "Apache-2.0",
        "draws the formulas",
        {
            "LICENSE": "mathjax",
            "es5/tex-chtml.js": "mathjax",
            "es5/output/chtml/fonts/woff-v2/*.woff": "mathjax/output/chtml/fonts/woff-v2",
        },
    ),
]

README = """\
# What comes from elsewhere

These files are copies from npm, unchanged, so that a page asks nothing of another host.
This table is written by `python tools/vendor.py`, which also renews the files.

| package | version | licence | what for |
| --- | --- | --- | --- |
{packages}

| file | sha256 |
| --- | --- |
{files}
"""


def fetch(package: Package, folder: Path) -> None:
    """Unpack a package in `folder`; npm itself compares its checksum."""
    command = ["npm", "pack", "--silent", "--pack-destination", str(folder), f"{package.name}@{package.version}"]
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
    with tarfile.open(next(folder.glob("*.tgz"))) as archive:
        archive.extractall(folder, filter="data")


def main() -> None:
    shutil.rmtree(VENDOR, ignore_errors=True)
    for package in PACKAGES:
        with tempfile.TemporaryDirectory() as folder:
            fetch(package, Path(folder))
            for pattern, place in package.files.items():
                (VENDOR / place).mkdir(parents=True, exist_ok=True)
                for file in sorted(Path(folder, "package").glob(pattern)):
                    shutil.copyfile(file, VENDOR / place / file.name)
    packages = [f"| {p.name} | {p.version} | {p.licence} | {p.purpose} |" for p in PACKAGES]
    files = [
        f"| {file.relative_to(VENDOR).as_posix()} | {hashlib.sha256(file.read_bytes()).hexdigest()} |"
        for file in sorted(VENDOR.rglob("*"))
        if file.is_file()
    ]
    (VENDOR / "README.md").write_text(README.format(packages="\n".join(packages), files="\n".join(files)))


if __name__ == "__main__":
    main()
