"""Make the environment that Binder would make of this checkout, without Docker.

    python tools/binder.py FOLDER

repo2docker itself is asked what it finds here and what it would run. Of its image the Python packages count: its base
environment, whose versions are taken from PyPI in place of conda-forge, and then its own line for what `binder/` asks for.
"""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
REPO2DOCKER = "jupyter-repo2docker==2026.4.0"
BASE = ["ipywidgets", "jupyter-offlinenotebook", "jupyter-resource-usage", "jupyterhub", "jupyterlab", "notebook"]

ASK = """
import json, logging
from pathlib import Path
from repo2docker.app import Repo2Docker
from repo2docker.buildpacks import conda
logging.disable()
found = next(pack for pack in (kind(base_image="ubuntu") for kind in Repo2Docker().buildpacks) if pack.detect())
found.platform = "linux/amd64"
lock = Path(conda.__file__).with_name(f"environment.py-{found.python_version}-linux-64.lock")
told = {"pack": type(found).__name__, "python": found.python_version, "base": lock.read_text()}
print(json.dumps(told | {"dockerfile": found.render({"NB_USER": "jovyan", "NB_UID": "1000"})}))
"""


def uv(*arguments: str) -> str:
    """Run uv in the checkout; what it printed."""
    command = [str(Path(sys.executable).with_name("uv")), *arguments]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    if done.returncode:
        sys.exit(f"{' '.join(command[:3])} failed:\n{done.stdout}{done.stderr}")
    return done.stdout


def repo2docker() -> dict:
    """What repo2docker finds in this checkout: its build pack, the Python, the base environment, the Dockerfile."""
    return json.loads(uv("run", "--quiet", "--isolated", "--no-project", "--with", REPO2DOCKER, "python", "-c", ASK))


def base(lock: str) -> list[str]:
    """The programs of repo2docker's own environment, pinned as it pins them."""
    versions = dict(re.findall(r"/([a-z0-9_-]+)-(\d[^-/]*)-[^-/]+$", lock, re.MULTILINE))
    versions["jupyterhub"] = versions["jupyterhub-singleuser"]
    return [f"{name}=={versions[name]}" for name in BASE]


def main() -> None:
    folder = Path(sys.argv[1])
    told = repo2docker()
    (line,) = re.findall(r"^RUN \$\{KERNEL_PYTHON_PREFIX\}/bin/pip (install .*)$", told["dockerfile"], re.MULTILINE)
    print(f"repo2docker takes the {told['pack']}, Python {told['python']}, and runs: pip {line}")
    shutil.rmtree(folder, ignore_errors=True)
    uv("venv", "--quiet", "--seed", f"--python={told['python']}", str(folder))
    python = f"--python={folder}/bin/python"
    uv("pip", "install", "--quiet", python, *base(told["base"]))
    pip = [f"{folder}/bin/python", "-m", "pip", "--disable-pip-version-check", *line.replace('"', "").split(), "--quiet"]
    subprocess.run(pip, cwd=ROOT, check=True)


if __name__ == "__main__":
    main()
