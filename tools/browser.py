"""Find a Chromium for the tests of the pages; run as a script, install one where that can be done.

Playwright's own downloads are left aside: a browser of the system's gets its security
updates, and is there where other hosts can't be reached.
"""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

NAMES = ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "microsoft-edge"]
PLACES = [
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
    "/Applications/Chromium.app/Contents/MacOS/Chromium",
]
MISSING = "No Chromium was found: install one (Debian, Ubuntu: apt install chromium) or name it in CHROMIUM."


def chromium() -> str | None:
    """The path of a Chromium or Chrome, or None; the variable CHROMIUM goes first."""
    given = [os.environ["CHROMIUM"]] if os.environ.get("CHROMIUM") else []
    found = (shutil.which(name) for name in [*given, *NAMES, *PLACES])
    return next(filter(None, found), None) or _playwrights_own()


def _playwrights_own() -> str | None:
    """The browser that `playwright install` downloaded, if it did."""
    folders = [Path.home() / ".cache/ms-playwright", Path.home() / "Library/Caches/ms-playwright"]
    for folder in folders:
        for path in sorted(folder.glob("chromium-*/chrome-*/**/chrome"), reverse=True):
            return str(path)
    return None


def main() -> None:
    if chromium():
        return
    if shutil.which("apt-get") and os.geteuid() == 0:
        quiet = os.environ | {"DEBIAN_FRONTEND": "noninteractive"}
        subprocess.run(["apt-get", "update", "-qq"], check=False)
        subprocess.run(
            ["apt-get", "install", "-y", "-qq", "chromium"], env=quiet, check=False, stdout=subprocess.DEVNULL
        )
    if not chromium():
        print(MISSING + " Until then the tests of the pages are skipped.")


if __name__ == "__main__":
    main()
