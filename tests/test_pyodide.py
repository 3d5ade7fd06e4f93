"""Python for the browser: every part is the pinned one, all that is asked for is there, and trouble is told clearly."""

from __future__ import annotations

import functools
import hashlib
import http.server
import io
import json
import shutil
import socket
import tarfile
import threading

import pytest

from tools import pyodide


@pytest.fixture(scope="module")
def lock(built_book) -> dict:
    return json.loads((built_book / "pyodide" / "pyodide-lock.json").read_text())["packages"]


def test_the_built_book_holds_all_of_it(built_book, lock):
    folder = built_book / "pyodide"
    files = {package["file_name"]: package["sha256"] for package in lock.values()}
    assert {name: hashlib.sha256((folder / name).read_bytes()).hexdigest() for name in files} == files
    assert {path.name for path in folder.glob("*.whl")} == set(files)
    assert all((folder / name).is_file() for name in [*pyodide.CORE, "README.md", "LICENCES.txt"])
    sizes = {path.name: path.stat().st_size for path in folder.iterdir() if path.name != "sizes.json"}
    assert json.loads((folder / "sizes.json").read_text()) == sizes
    assert sum(sizes.values()) < 30e6


def test_whoever_imports_lib_gets_what_it_needs(lock):
    providers = {name: package for name, package in lock.items() if "lib" in package["imports"]}
    (wanted,) = providers
    needed, queue = set(), [wanted]
    while queue:
        name = queue.pop()
        needed.add(name)
        queue += set(lock[name]["depends"]) - needed
    # micropip is what JupyterLite's kernel brings itself up with.
    assert set(lock) - needed == {"micropip"}
    assert {"numpy", "matplotlib", "ipywidgets", "ipython", "pillow"} <= needed


def test_the_wheel_of_lib_changes_its_name_with_its_content(built_book, lock):
    (package,) = [package for package in lock.values() if "lib" in package["imports"]]
    assert f"-0{package['sha256'][:8]}-py3-none-any.whl" in package["file_name"]


# --- trouble -----------------------------------------------------------------------------


@pytest.fixture
def npm(tmp_path, monkeypatch):
    """A registry of our own, as `npm_config_registry` names it; its folder."""
    folder = tmp_path / "registry" / "pyodide" / "-"
    folder.mkdir(parents=True)
    handler = functools.partial(http.server.SimpleHTTPRequestHandler, directory=tmp_path / "registry")
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        monkeypatch.setenv("npm_config_registry", f"http://127.0.0.1:{server.server_address[1]}/")
        yield folder
        server.shutdown()


def packed(text: str) -> bytes:
    """A tarball as npm's, whose files all say `text`."""
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w:gz") as archive:
        for name in [*pyodide.CORE, pyodide.LOCK]:
            entry = tarfile.TarInfo(f"package/{name}")
            entry.size = len(text)
            archive.addfile(entry, io.BytesIO(text.encode()))
    return buffer.getvalue()


def test_a_core_with_another_hash_is_refused(npm, tmp_path):
    (npm / f"pyodide-{pyodide.VERSION}.tgz").write_bytes(packed("something else"))
    with pytest.raises(pyodide.Trouble, match="is not the file that was pinned"):
        pyodide.fetch_core(tmp_path)
    assert not (tmp_path / "pyodide.mjs").exists()


def test_a_wheel_with_another_hash_is_refused(tmp_path, monkeypatch):
    changed = tmp_path / "wheels"
    shutil.copytree(pyodide.WHEELS, changed)
    with open(next(changed.glob("kiwisolver*")), "ab") as wheel:
        wheel.write(b"!")
    monkeypatch.setattr(pyodide, "WHEELS", changed)
    with pytest.raises(pyodide.Trouble, match="kiwisolver.* is not the file"):
        pyodide.build(tmp_path, tmp_path / "into")


def test_every_wheel_that_is_fetched_has_a_pinned_hash():
    lines = pyodide.REQUIREMENTS.read_text().splitlines()
    assert all("==" in line and " --hash=sha256:" in line for line in lines if not line.startswith("#"))


def test_without_a_network_it_says_what_is_missing(tmp_path, monkeypatch):
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        address = f"http://127.0.0.1:{free.getsockname()[1]}"
    monkeypatch.setenv("npm_config_registry", address)
    with pytest.raises(pyodide.Trouble, match=f"Python for the browser could not be fetched from {address}"):
        pyodide.fetch_core(tmp_path)
    for name in ("PIP_EXTRA_INDEX_URL", "PIP_FIND_LINKS"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("PIP_CONFIG_FILE", "/dev/null")
    monkeypatch.setenv("PIP_INDEX_URL", address)
    monkeypatch.setenv("PIP_RETRIES", "0")
    with pytest.raises(pyodide.Trouble, match="(?s)could not be fetched from PyPI. pip says:.*asttokens"):
        pyodide.fetch_wheels(tmp_path)


def test_what_was_fetched_is_not_fetched_again(npm, tmp_path, monkeypatch):
    tarball = packed("core")
    (npm / f"pyodide-{pyodide.VERSION}.tgz").write_bytes(tarball)
    monkeypatch.setattr(pyodide, "INTEGRITY", "sha512-" + pyodide.base64.b64encode(hashlib.sha512(tarball).digest()).decode())
    monkeypatch.setattr(pyodide, "fetch_wheels", lambda parts: None)
    pyodide.fetch(tmp_path / "parts")
    (npm / f"pyodide-{pyodide.VERSION}.tgz").unlink()
    pyodide.fetch(tmp_path / "parts")
    assert (tmp_path / "parts" / "pyodide.mjs").read_text() == "core"
    monkeypatch.setattr(pyodide, "VERSION", "0.0.0")
    with pytest.raises(pyodide.Trouble):
        pyodide.fetch(tmp_path / "parts")


def test_the_registry_is_the_one_this_machine_is_set_up_for(tmp_path, monkeypatch):
    for name in ("npm_config_registry", "NPM_CONFIG_REGISTRY"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("HOME", str(tmp_path))
    assert pyodide.registry() == "https://registry.npmjs.org"
    (tmp_path / ".npmrc").write_text("fund=false\nregistry = https://mirror.example/npm/\n")
    assert pyodide.registry() == "https://mirror.example/npm"
    monkeypatch.setenv("npm_config_registry", "https://other.example/")
    assert pyodide.registry() == "https://other.example"
