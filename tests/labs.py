"""A JupyterLab for a test, which leaves nothing behind."""

from __future__ import annotations

import os
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.request import urlopen

import pytest

PATIENCE = 90  # seconds, for a machine that does other things too; each wait ends as soon as it can


@contextmanager
def jupyterlab(python: str | Path, home: Path, folder: Path, **environment: str) -> Iterator[str]:
    """The address of a JupyterLab that shows `folder`, with its settings, its trust and its log in `home`."""
    with started([python, "-m", "jupyterlab", f"--ServerApp.root_dir={folder}"], home, home, **environment) as address:
        yield address


@contextmanager
def started(command: list[str | Path], home: Path, folder: Path, **environment: str) -> Iterator[str]:
    """The address of the JupyterLab that a command starts in `folder`; its settings and its log are in `home`."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    options = [
        "--no-browser",
        "--allow-root",
        "--ip=127.0.0.1",
        f"--port={port}",
        "--ServerApp.port_retries=0",
        "--IdentityProvider.token=",
        "--LabApp.check_for_updates_class=jupyterlab.NeverCheckForUpdate",
    ]
    around = {key: value for key, value in os.environ.items() if not key.startswith(("JUPYTER", "PYTHON"))}
    around |= {f"JUPYTER_{what}_DIR": str(home / what.lower()) for what in ("CONFIG", "DATA", "RUNTIME")}
    around |= {"IPYTHONDIR": str(home / "ipython"), **environment}
    with open(home / "log", "w") as log:
        server = subprocess.Popen([*command, *options], stdout=log, stderr=log, cwd=folder, env=around)
    try:
        _wait_for(server, f"http://127.0.0.1:{port}/api", home / "log")
        yield f"http://127.0.0.1:{port}"
    finally:
        server.terminate()
        try:
            server.wait(PATIENCE)
        finally:
            server.kill()


def _wait_for(server, address, log):
    end = time.monotonic() + PATIENCE
    while server.poll() is None and time.monotonic() < end:
        try:
            return urlopen(address, timeout=PATIENCE).close()
        except OSError:
            time.sleep(0.1)
    pytest.fail(f"JupyterLab did not start:\n{log.read_text()}", pytrace=False)
