"""A user, network, mount and process namespace of its own: no network, and nobody else to see.

The zygote enters the first three once; each student gets a process namespace, which ends with all
that is in it when its first process is killed.
"""

import os
from pathlib import Path

from bplab.grading.isolation.system import mount, prctl, unshare

CLONE_NEWNS, CLONE_NEWUTS, CLONE_NEWIPC = 0x00020000, 0x04000000, 0x08000000
CLONE_NEWUSER, CLONE_NEWPID, CLONE_NEWNET = 0x10000000, 0x20000000, 0x40000000
MS_NOSUID, MS_NODEV, MS_NOEXEC, MS_REC, MS_PRIVATE = 2, 4, 8, 0x4000, 0x40000
PR_SET_DUMPABLE = 4
FIRST_USER = 1_900_000_000  # nobody has such a number


def leave_root(folder: Path) -> None:
    """If we are root: become a user that owns nothing but this folder.

    Raises: OSError.
    """
    if os.geteuid() != 0:
        return
    user = FIRST_USER + os.getpid()
    os.chown(folder, user, user)
    os.setgroups([])
    os.setresgid(user, user, user)
    os.setresuid(user, user, user)
    prctl(PR_SET_DUMPABLE, 1)  # else /proc/self would still be root's


def separate() -> None:
    """Enter a user, network, mount, IPC and host name namespace. Raises: OSError."""
    user, group = os.geteuid(), os.getegid()
    unshare(CLONE_NEWUSER | CLONE_NEWNET | CLONE_NEWNS | CLONE_NEWIPC | CLONE_NEWUTS)
    Path("/proc/self/setgroups").write_text("deny")
    Path("/proc/self/uid_map").write_text(f"{user} {user} 1")
    Path("/proc/self/gid_map").write_text(f"{group} {group} 1")
    mount("none", "/", "none", MS_REC | MS_PRIVATE, "")


def separate_processes() -> None:
    """Let the next child be the first process of a new namespace. Raises: OSError."""
    unshare(CLONE_NEWPID)


def mount_scratch(folder: Path, size: int) -> None:
    """Put an empty file system of this many bytes over the folder. Raises: OSError."""
    options = f"size={size},nr_inodes=2000,mode=0700"
    unshare(CLONE_NEWNS)
    mount("scratch", str(folder), "tmpfs", MS_NOSUID | MS_NODEV | MS_NOEXEC, options)
