"""Where strangers' code runs: a process in bubblewrap that sees a Python and `lib`, and nothing else of the machine."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import lib

from . import syscalls

ROOT = Path(__file__).resolve().parent.parent
MISSING = """Strangers' code would run here with all that you may do: read your files, write them, and use the network.
It is kept away from that by bubblewrap, on Linux. Here {trouble}
Ways out:
- grade on a Linux machine (in Windows: in WSL), or in a virtual machine that holds nothing else;
- if you trust everybody whose work you grade, or if this machine is there for nothing else: --without-a-sandbox."""

SHARED = Path("/usr/local/share")  # nbgrader's usual exchange is under it: what others hand in, and no part of Python
UBUNTU = Path("/proc/sys/kernel/apparmor_restrict_unprivileged_userns")


class NoSandbox(RuntimeError):
    """There is no sandbox, and nobody said that it may be done without; the message says why, and the ways out."""


@dataclass(frozen=True)
class Limits:
    """What one exercise of one student may take.

    Parameters
    ----------
    patience : float
        Seconds that the judge waits in all, for the cells and for the answers of functions.
    memory, file_size, disk : int
        Bytes: of the process, of one file, and of all files, which are in memory too.
    """

    patience: float = 12.0
    memory: int = 2 << 30
    file_size: int = 16 << 20
    disk: int = 32 << 20

    @property
    def seconds(self) -> int:
        """Of a processor; less than the patience, to tell who computes without an end from who is slowed down."""
        return max(int(self.patience * 2 / 3), 1)


@cache
def trouble() -> str:
    """Why there is no sandbox here; empty if there is one. It is tried once, with a Python in it."""
    if not sys.platform.startswith("linux"):
        return f"is no Linux, but {sys.platform}."
    if not syscalls.known():
        return "is a processor for which its filter of system calls is not written: x86_64 and aarch64 are."
    if not shutil.which("bwrap"):
        return "it is not found. Debian, Ubuntu: apt install bubblewrap"
    process = start(Limits(), code="import lib, sys; sys.stderr.write('it works')")
    said = process.communicate()[1].decode(errors="replace").strip()
    if said.endswith("it works"):
        return ""
    restricted = UBUNTU.exists() and UBUNTU.read_text().strip() == "1"
    hint = f" (Ubuntu's AppArmor forbids it: sudo sysctl -w kernel.{UBUNTU.name}=0)" if restricted else ""
    return f"it does not work{hint}: {said[-500:]}"


def available() -> bool:
    """Whether strangers' code can be kept in a sandbox here."""
    return not trouble()


def start(limits: Limits, user: int = 0, wrapped: bool = True, code: str = "") -> subprocess.Popen:
    """Start a worker; its line is its standard input and output, and how it fares it says on the third stream.

    Parameters
    ----------
    limits : Limits
    user : int, optional
        The number of a user that nobody else is, for the worker; only root can give it one.
    wrapped : bool, optional
        Whether in bubblewrap. Without it only the limits hold.
    code : str, optional
        What to run instead of a worker.
    """
    user = user if wrapped and os.geteuid() == 0 else 0
    limit = [str(value) for value in (limits.memory, limits.seconds, limits.file_size, user)]
    python = [sys.executable, "-c", code] if code else [sys.executable, "-m", "grading.worker", *limit]
    variables = {
        "PATH": "/usr/bin:/bin", "HOME": "/desk", "TMPDIR": "/desk", "MPLCONFIGDIR": "/desk", "LANG": "C.UTF-8",
        "PYTHONDONTWRITEBYTECODE": "1", "PYTHONHASHSEED": "0", "OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1",
    }  # fmt: skip
    if "LD_LIBRARY_PATH" in os.environ:  # some Pythons need it to find their own parts
        variables["LD_LIBRARY_PATH"] = os.environ["LD_LIBRARY_PATH"]
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "bufsize": 0}
    if not wrapped:
        variables |= {"PYTHONPATH": str(ROOT), "HOME": "/", "TMPDIR": "/tmp"}
        return subprocess.Popen(python, env=variables, cwd="/", start_new_session=True, **pipes)
    filtered, program = os.pipe()
    os.write(program, syscalls.refusing())
    os.close(program)
    try:
        command = [*_wrapping(limits, user), "--seccomp", str(filtered), "--", *python]
        variables["PYTHONPATH"] = "/course"
        return subprocess.Popen(command, env=variables, cwd="/", start_new_session=True, pass_fds=[filtered], **pipes)
    finally:
        os.close(filtered)


def shown() -> list[Path]:
    """The folders of this machine that strangers' code may read, with all that is in them."""
    system = [path for path in map(Path, ("/usr", "/lib", "/lib64", "/bin")) if path.exists()]
    python = dict.fromkeys(Path(path).resolve() for path in (sys.base_prefix, sys.prefix))
    return [*system, *(path for path in python if not path.is_relative_to("/usr"))]


def _wrapping(limits: Limits, user: int) -> list[str]:
    """The command line of bubblewrap. A later mount lies over an earlier one, so the order counts."""
    # Root needs no user namespace, and gives the worker a number of its own.
    own = ["--cap-add", "CAP_SETUID", "--cap-add", "CAP_SETGID"] if os.geteuid() == 0 else ["--unshare-user"]
    here, course = Path(__file__).resolve().parent, Path("/course")
    seen = [(path, path) for path in [*shown(), Path("/etc/ld.so.cache")] if path.exists()]
    seen += [(Path(lib.__file__).resolve().parent, course / "lib"), (here / "quiet", course / "lib/check")]
    seen += [(here / name, course / "grading" / name) for name in ("__init__.py", "values.py", "wire.py", "worker.py")]
    # bubblewrap makes the folders above a mount, but then only root may look into them.
    above = sorted({Path("/dev")}.union(*(path.parents for _, path in seen)) - {Path("/"), course / "lib"})
    return [
        shutil.which("bwrap"),
        *("--unshare-ipc", "--unshare-pid", "--unshare-net", "--unshare-uts", "--unshare-cgroup-try"),
        *("--die-with-parent", "--new-session", "--cap-drop", "ALL", *own),
        *(part for folder in above for part in ("--perms", "0755", "--dir", str(folder))),
        *(part for path, there in seen for part in ("--ro-bind", str(path), str(there))),
        *(("--tmpfs", str(SHARED), "--remount-ro", str(SHARED)) if SHARED.is_dir() else ()),
        *("--dev-bind", "/dev/null", "/dev/null", "--dev-bind", "/dev/urandom", "/dev/urandom"),
        *("--perms", "1777", "--size", str(limits.disk), "--tmpfs", "/desk"),
        *("--remount-ro", "/", "--chdir", "/desk"),
    ]
