"""Which calls of the kernel strangers' code may not make: a filter for seccomp, as bubblewrap takes it.

An answer needs memory, the clock and the line. So what reaches another machine or process, keeps memory
that no limit counts, or opens more of the kernel to attack (a user namespace above all) is refused.
"""

from __future__ import annotations

import errno
import platform
import struct

# By machine: its number in the kernel (AUDIT_ARCH), and the numbers of its calls.
MACHINES = {
    "x86_64": (0xC000003E, {
        "clone": 56, "clone3": 435, "unshare": 272, "setns": 308, "socket": 41, "ptrace": 101,
        "process_vm_readv": 310, "process_vm_writev": 311, "shmget": 29, "semget": 64, "msgget": 68, "mq_open": 240,
        "memfd_create": 319, "memfd_secret": 447, "add_key": 248, "request_key": 249, "keyctl": 250, "bpf": 321,
        "perf_event_open": 298, "userfaultfd": 323, "io_uring_setup": 425,
    }),
    "aarch64": (0xC00000B7, {
        "clone": 220, "clone3": 435, "unshare": 97, "setns": 268, "socket": 198, "ptrace": 117,
        "process_vm_readv": 270, "process_vm_writev": 271, "shmget": 194, "semget": 190, "msgget": 186, "mq_open": 180,
        "memfd_create": 279, "memfd_secret": 447, "add_key": 217, "request_key": 218, "keyctl": 219, "bpf": 280,
        "perf_event_open": 241, "userfaultfd": 282, "io_uring_setup": 425,
    }),
}  # fmt: skip
NAMESPACES = 0x7E020000  # of the flags of clone: those that make a namespace
FOREIGN = 0x40000000  # from this number on, calls of x86_64 go by another table (x32)
LOAD, EQUAL, AT_LEAST, HAS, RETURN = 0x20, 0x15, 0x35, 0x45, 0x06
ALLOWED, REFUSED = 0x7FFF0000, 0x00050000


def known() -> bool:
    """Whether there is a filter for this machine."""
    return platform.machine() in MACHINES


def refusing() -> bytes:
    """The filter for this machine: a program for the kernel's packet filter."""
    kind, numbers = MACHINES[platform.machine()]
    others = [number for name, number in numbers.items() if name not in ("clone", "clone3")]
    refused, absent, allowed = REFUSED | errno.EPERM, REFUSED | errno.ENOSYS, ALLOWED
    # A step is what to do, with what, and how many steps to leave out if it holds, and if not.
    steps = [
        (LOAD, 4, 0, 0), (EQUAL, kind, 1, 0), (RETURN, refused, 0, 0),
        (LOAD, 0, 0, 0), (AT_LEAST, FOREIGN, 0, 1), (RETURN, refused, 0, 0),
        (EQUAL, numbers["clone3"], 0, 1), (RETURN, absent, 0, 0),  # its flags can't be seen; clone is called instead
        *(step for number in others for step in [(EQUAL, number, 0, 1), (RETURN, refused, 0, 0)]),
        (EQUAL, numbers["clone"], 1, 0), (RETURN, allowed, 0, 0),
        (LOAD, 16, 0, 0), (HAS, NAMESPACES, 0, 1), (RETURN, refused, 0, 0), (RETURN, allowed, 0, 0),
    ]  # fmt: skip
    return b"".join(struct.pack("=HBBI", what, yes, no, value) for what, value, yes, no in steps)
