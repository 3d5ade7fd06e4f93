"""Python for the reader's browser: fetch its parts once, then put them into the built book, together with `lib`.

    python tools/pyodide.py fetch PARTS         from npm and PyPI, each compared with its pinned hash
    python tools/pyodide.py build PARTS INTO    these parts, the wheels in pyodide/wheels, and lib's own wheel

What comes from where, and why, is told in pyodide/README.md.
"""

from __future__ import annotations

import base64
import hashlib
import io
import json
import os
import re
import shutil
import subprocess
import sys
import tarfile
import tempfile
import zipfile
from email.parser import HeaderParser
from pathlib import Path
from urllib.request import urlopen

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).resolve().parent.parent
REQUIREMENTS = ROOT / "pyodide" / "requirements.txt"
WHEELS = ROOT / "pyodide" / "wheels"

# The core, from npm. `npm view pyodide@VERSION dist.integrity` tells the hash of another version.
VERSION = "314.0.6"
INTEGRITY = "sha512-BKDTJyIqFxC4BExLqeRS3f5xvXZIjOt8C3zGLN/Cc7tFxSwvKVhVkchQQ2AGLOtR4YrVOIFxbV8poyDOOmWwxQ=="
CORE = ["pyodide.mjs", "pyodide.asm.mjs", "pyodide.asm.wasm", "python_stdlib.zip"]
LOCK = "pyodide-lock.json"  # of npm's, only what it says of this Python is kept

# What wheels are chosen by, and what their conditions ("; sys_platform == …") are asked in. "notebook" is our own group.
TARGET = ["--python-version=3.14", "--implementation=cp", "--abi=cp314", "--platform=pyemscripten_2026_0_wasm32"]
MARKERS = {"python_version": "3.14", "python_full_version": "3.14.2", "sys_platform": "emscripten", "extra": "notebook"}
MARKERS |= {"platform_system": "Emscripten", "platform_machine": "wasm32", "os_name": "posix"}


class Trouble(Exception):
    """What the person at the keyboard should know."""


# --- fetch -------------------------------------------------------------------------------


def fetch(parts: Path) -> None:
    """Fill `parts` with the core and PyPI's wheels; what is there already is not fetched again."""
    receipt = f"pyodide {VERSION} {INTEGRITY}\n{REQUIREMENTS.read_text()}"
    ready = parts / "ready"
    if ready.exists() and ready.read_text() == receipt:
        return ready.touch()
    shutil.rmtree(parts, ignore_errors=True)
    parts.mkdir(parents=True)
    fetch_core(parts)
    fetch_wheels(parts)
    ready.write_text(receipt)


def registry() -> str:
    """The npm registry that this machine is set up for."""
    given = os.environ.get("npm_config_registry") or os.environ.get("NPM_CONFIG_REGISTRY")
    settings = Path.home() / ".npmrc"
    if not given and settings.exists():
        given = dict(re.findall(r"(?m)^(registry)\s*=\s*(\S+)", settings.read_text())).get("registry")
    return (given or "https://registry.npmjs.org").rstrip("/")


def fetch_core(parts: Path) -> None:
    address = f"{registry()}/pyodide/-/pyodide-{VERSION}.tgz"
    try:
        with urlopen(address, timeout=60) as answer:
            packed = answer.read()
    except OSError as error:
        raise Trouble(f"Python for the browser could not be fetched from {address} ({error}).") from error
    if (found := "sha512-" + base64.b64encode(hashlib.sha512(packed).digest()).decode()) != INTEGRITY:
        raise Trouble(f"{address} is not the file that was pinned: its hash is {found}, not {INTEGRITY}.")
    with tarfile.open(fileobj=io.BytesIO(packed)) as archive:
        for name in [*CORE, LOCK]:
            (parts / name).write_bytes(archive.extractfile(f"package/{name}").read())


def fetch_wheels(parts: Path) -> None:
    """By pip, so that its settings hold (another index, a proxy); it also compares the hashes."""
    command = [sys.executable, "-m", "pip", "download", "--quiet", "--disable-pip-version-check", "--no-deps"]
    command += ["--require-hashes", "--only-binary=:all:", *TARGET, f"--requirement={REQUIREMENTS}", f"--dest={parts}"]
    done = subprocess.run(command, capture_output=True, text=True)
    if done.returncode:
        raise Trouble(f"The packages for the browser could not be fetched from PyPI. pip says:\n{done.stderr.strip()}")


# --- build -------------------------------------------------------------------------------


def build(parts: Path, into: Path) -> None:
    """Make `into` the whole distribution: the core, all wheels, and the list that Pyodide reads."""
    shutil.rmtree(into, ignore_errors=True)
    into.mkdir(parents=True)
    sums = dict(line.split()[::-1] for line in (WHEELS / "SHA256SUMS").read_text().splitlines())
    for wheel in sorted(WHEELS.glob("*.whl")):
        if sha256(wheel) != sums.get(wheel.name):
            raise Trouble(f"pyodide/wheels/{wheel.name} is not the file that pyodide/wheels/SHA256SUMS tells of.")
    papers = [ROOT / "pyodide" / name for name in ("README.md", "LICENCES.txt")]
    for file in [*(parts / name for name in CORE), *parts.glob("*.whl"), *WHEELS.glob("*.whl"), *papers]:
        shutil.copyfile(file, into / file.name)
    pack_lib(into)
    wheels = {package_name(wheel): wheel for wheel in sorted(into.glob("*.whl"))}
    packages = {name: entry(name, wheel, wheels) for name, wheel in wheels.items()}
    lock = json.loads((parts / LOCK).read_text()) | {"packages": packages}
    (into / LOCK).write_text(json.dumps(lock, indent=1) + "\n")
    sizes = {file.name: file.stat().st_size for file in sorted(into.iterdir())}  # for whoever shows how far a load is
    (into / "sizes.json").write_text(json.dumps(sizes, indent=1) + "\n")


def pack_lib(into: Path) -> None:
    """Put the wheel of `lib` there, with a piece of its hash in its name (where a build number stands).

    No reader's browser can so take an older one, which it kept, for it.
    """
    with tempfile.TemporaryDirectory() as folder:
        command = [sys.executable, "-m", "hatchling", "build", "--target=wheel", f"--directory={folder}"]
        done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
        if done.returncode:
            raise Trouble(f"lib could not be packed:\n{done.stdout}{done.stderr}")
        (wheel,) = Path(folder).glob("*.whl")
        name, version, tags = wheel.name.split("-", 2)
        shutil.copyfile(wheel, into / f"{name}-{version}-0{sha256(wheel)[:8]}-{tags}")


def entry(name: str, wheel: Path, wheels: dict[str, Path]) -> dict:
    """What Pyodide's list says of a wheel; of what it asks for, that which is here."""
    with zipfile.ZipFile(wheel) as archive:
        files = archive.namelist()
        metadata = next(file for file in files if re.fullmatch(r"[^/]+\.dist-info/METADATA", file))
        asked = HeaderParser().parsestr(archive.read(metadata).decode()).get_all("Requires-Dist", [])
    wanted = [Requirement(line) for line in asked]
    depends = {canonicalize_name(r.name) for r in wanted if r.marker is None or r.marker.evaluate(MARKERS)}
    heads = {file.split("/")[0] for file in files if file.endswith((".py", ".so"))}
    imports = {head.split(".")[0] for head in heads if not head.endswith((".dist-info", ".data"))}
    return {
        "name": name,
        "version": wheel.name.split("-")[1],
        "file_name": wheel.name,
        "install_dir": "site",
        "sha256": sha256(wheel),
        "package_type": "package",
        "imports": sorted(imports),
        "depends": sorted(depends & set(wheels)),
        "unvendored_tests": False,
    }


def package_name(wheel: Path) -> str:
    return canonicalize_name(wheel.name.split("-")[0])


def sha256(file: Path) -> str:
    return hashlib.sha256(file.read_bytes()).hexdigest()


def main() -> None:
    match sys.argv[1:]:
        case ["fetch", parts]:
            fetch(Path(parts))
        case ["build", parts, into]:
            build(Path(parts), Path(into))
        case _:
            sys.exit(__doc__)


if __name__ == "__main__":
    try:
        main()
    except Trouble as trouble:
        sys.exit(str(trouble))
