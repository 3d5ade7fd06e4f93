"""Where strangers' code runs: a process in bubblewrap that sees a Python and `lib`, and nothing else of the machine."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import lib

ROOT = Path(__file__).resolve().parent.parent
MISSING = """Strangers' code would run here with all that you may do: read your files, write them, and use the network. It is kept away
from that by bubblewrap, which runs on Linux (Debian, Ubuntu: apt install bubblewrap) and is not found here. Ways out:
- grade on a Linux machine, or in a container or virtual machine made for it (bubblewrap inside it is best);
- if you trust everybody whose work you grade, or if this machine is there for nothing else: --without-a-sandbox."""


class NoSandbox(RuntimeError):
    """There is no bubblewrap, and nobody said that it may be done without."""


@dataclass(frozen=True)
class Limits:
    """What one exercise of one student may take.

    Parameters
    ----------
    patience : float
        Seconds that the judge waits in all, for the cells and for the answers of functions.
    seconds : int
        Of a processor.
    memory, file_size, disk : int
        Bytes: of the process, of one file, and of all files, which are in memory too.
    """

    patience: float = 60.0
    seconds: int = 60
    memory: int = 2 << 30
    file_size: int = 16 << 20
    disk: int = 32 << 20


def available() -> bool:
    """Whether bubblewrap is here, and works."""
    wrap = shutil.which("bwrap")
    trial = [wrap, "--unshare-all", "--ro-bind", "/", "/", "true"]
    return wrap is not None and subprocess.run(trial, capture_output=True).returncode == 0


def start(limits: Limits, user: int = 0, wrapped: bool = True) -> subprocess.Popen:
    """Start a worker; its line is its standard input and output.

    Parameters
    ----------
    limits : Limits
    user : int, optional
        The number of a user that nobody else is, for the worker; only root can give it one.
    wrapped : bool, optional
        Whether in bubblewrap. Without it only the limits hold.
    """
    user = user if wrapped and os.geteuid() == 0 else 0
    limit = [str(value) for value in (limits.memory, limits.seconds, limits.file_size, user)]
    worker = [sys.executable, "-m", "grading.worker", *limit]
    variables = {"PATH": "/usr/bin:/bin", "HOME": "/home", "TMPDIR": "/home", "MPLCONFIGDIR": "/home", "LANG": "C.UTF-8",
                 "PYTHONDONTWRITEBYTECODE": "1", "OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1"}  # fmt: skip
    if not wrapped:
        command, variables = worker, variables | {"PYTHONPATH": str(ROOT), "HOME": "/", "TMPDIR": "/tmp"}
    else:
        command = [*_wrapping(limits, user), "--", *worker]
        variables |= {"PYTHONPATH": "/course"}
    return subprocess.Popen(
        command, env=variables, cwd="/", stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
        start_new_session=True, bufsize=0,
    )  # fmt: skip


def _wrapping(limits: Limits, user: int) -> list[str]:
    """The command line of bubblewrap. A later mount lies over an earlier one, so the order counts."""
    own = ["--cap-add", "CAP_SETUID", "--cap-add", "CAP_SETGID"] if user else ["--unshare-user", "--disable-userns"]
    here, course = Path(__file__).resolve().parent, Path("/course")
    system = [path for path in map(Path, ("/usr", "/lib", "/lib64", "/bin", "/etc/ld.so.cache")) if path.exists()]
    python = dict.fromkeys(Path(path).resolve() for path in (sys.base_prefix, sys.prefix))
    seen = [(path, path) for path in [*system, *(path for path in python if not path.is_relative_to("/usr"))]]
    seen += [(Path(lib.__file__).resolve().parent, course / "lib"), (here / "quiet", course / "lib/check")]
    seen += [(here / name, course / "grading" / name) for name in ("__init__.py", "wire.py", "worker.py")]
    # bubblewrap makes the folders above a mount, but then only root may look into them.
    above = sorted({Path("/dev")}.union(*(path.parents for _, path in seen)) - {Path("/"), course / "lib"})
    return [
        shutil.which("bwrap"),
        *("--unshare-ipc", "--unshare-pid", "--unshare-net", "--unshare-uts", "--unshare-cgroup-try"),
        *("--die-with-parent", "--new-session", "--cap-drop", "ALL", *own),
        *(part for folder in above for part in ("--perms", "0755", "--dir", str(folder))),
        *(part for path, there in seen for part in ("--ro-bind", str(path), str(there))),
        *("--dev-bind", "/dev/null", "/dev/null", "--dev-bind", "/dev/urandom", "/dev/urandom"),
        *("--perms", "1777", "--size", str(limits.disk), "--tmpfs", "/home"),
        *("--remount-ro", "/", "--chdir", "/home"),
    ]
