"""Renew what the pages bring along from npm, so that they ask nothing of another host.

    python tools/vendor.py

Needs npm. Change a version in PACKAGES, or in book/editor/package.json, and run it: the
files, their licences and the table in book/assets/vendor/README.md are written anew. A test
compares table and files.
"""

from __future__ import annotations

import hashlib
import json
import shutil
import subprocess
import tarfile
import tempfile
from pathlib import Path
from typing import NamedTuple

BOOK = Path(__file__).resolve().parent.parent / "book"
VENDOR = BOOK / "assets" / "vendor"
EDITOR = BOOK / "editor"  # its own few lines, and the versions of what they are bundled with


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

These files come from npm, so that a page asks nothing of another host. They are unchanged
copies, but for `editor/editor.js`: esbuild makes it of `book/editor/editor.js` and of what
that imports, in the versions of `book/editor/package-lock.json`.
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


def bundle_editor() -> list[str]:
    """Make the editor one file, with the licences of all that is in it; return a line of the table for each part."""
    place = VENDOR / "editor"
    place.mkdir(parents=True)
    with tempfile.TemporaryDirectory() as folder:
        work = Path(folder)
        shutil.copytree(EDITOR, work, dirs_exist_ok=True, ignore=shutil.ignore_patterns("node_modules"))
        subprocess.run(["npm", "ci", "--silent", "--ignore-scripts"], cwd=work, check=True, stdout=subprocess.DEVNULL)
        esbuild = ["node", "node_modules/esbuild/bin/esbuild", "editor.js", "--bundle", "--minify", "--format=esm"]
        told = ["--legal-comments=none", "--log-level=error", f"--outfile={place / 'editor.js'}"]
        subprocess.run(esbuild + told, cwd=work, check=True)
        locked = json.loads((work / "package-lock.json").read_text())["packages"]
        licences, rows = [], []
        for folder, about in locked.items():
            if folder and not about.get("dev"):  # esbuild leaves nothing of itself
                name = folder.removeprefix("node_modules/")
                licences.append(f"{name}\n\n{(work / folder / 'LICENSE').read_text().strip()}\n")
                rows.append(f"| {name} | {about['version']} | {about['license']} | the editor of an exercise |")
    (place / "LICENSE").write_text("\n\n".join(licences))
    return rows


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
    packages += bundle_editor()
    files = [
        f"| {file.relative_to(VENDOR).as_posix()} | {hashlib.sha256(file.read_bytes()).hexdigest()} |"
        for file in sorted(VENDOR.rglob("*"))
        if file.is_file()
    ]
    (VENDOR / "README.md").write_text(README.format(packages="\n".join(packages), files="\n".join(files)))


if __name__ == "__main__":
    main()
