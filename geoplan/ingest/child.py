"""The reader's process: confines itself, then runs one reader and writes frames.

Run as a script by `sandbox.run`, never imported there. Standard library only until it is
confined: threads that a library starts before would stay outside the rules.

A frame is a 4-byte little-endian length and that many bytes of JSON with one key: `confined`,
`batch`, `error` or `end`. The parent decodes nothing but JSON, so that a reader taken over by
its file can say wrong things but cannot run code in the parent.
"""

from __future__ import annotations

import ctypes
import importlib
import json
import os
import platform
import resource
import signal
import struct
import sys
import traceback
from pathlib import Path
from types import ModuleType
from typing import Any, BinaryIO

_LIBC = ctypes.CDLL(None, use_errno=True)

# prctl(2), seccomp(2)
_PR_SET_PDEATHSIG, _PR_SET_SECCOMP, _PR_CAPBSET_DROP, _PR_SET_NO_NEW_PRIVS = 1, 22, 24, 38
_SECCOMP_MODE_FILTER = 2
_ALLOW, _REFUSE, _KILL = 0x7FFF0000, 0x00050000 | 1, 0x80000000  # _REFUSE answers EPERM

# What a reader never needs: to reach the network (io_uring goes around socket), start programs,
# touch other processes, change its namespaces, or use the kernel's most attacked doors.
_FORBIDDEN = {
    "x86_64": (
        0xC000003E,
        {
            "socket": 41, "execve": 59, "kill": 62, "ptrace": 101, "rt_sigqueueinfo": 129,
            "mount": 165, "tkill": 200, "add_key": 248, "request_key": 249, "keyctl": 250,
            "unshare": 272, "rt_tgsigqueueinfo": 297, "perf_event_open": 298, "setns": 308,
            "process_vm_readv": 310, "process_vm_writev": 311, "bpf": 321, "execveat": 322,
            "userfaultfd": 323, "pidfd_send_signal": 424, "io_uring_setup": 425,
            "pidfd_open": 434, "pidfd_getfd": 438,
        },
    ),
    "aarch64": (
        0xC00000B7,
        {
            "mount": 40, "unshare": 97, "ptrace": 117, "kill": 129, "tkill": 130,
            "rt_sigqueueinfo": 138, "socket": 198, "add_key": 217, "request_key": 218,
            "keyctl": 219, "execve": 221, "rt_tgsigqueueinfo": 240, "perf_event_open": 241,
            "setns": 268, "process_vm_readv": 270, "process_vm_writev": 271, "bpf": 280,
            "execveat": 281, "userfaultfd": 282, "pidfd_send_signal": 424,
            "io_uring_setup": 425, "pidfd_open": 434, "pidfd_getfd": 438,
        },
    ),
}  # fmt: skip
_TGKILL = {"x86_64": 234, "aarch64": 131}

# landlock(7): system calls (the same on every architecture) and rights
_CREATE_RULESET, _ADD_RULE, _RESTRICT_SELF = 444, 445, 446
_EXECUTE, _WRITE_FILE, _READ_FILE, _READ_DIR, _TRUNCATE = 1 << 0, 1 << 1, 1 << 2, 1 << 3, 1 << 14
_FILE_RIGHTS = _EXECUTE | _WRITE_FILE | _READ_FILE | _TRUNCATE  # of those, what a file can have
_RIGHTS_BY_ABI = {1: 13, 2: 14, 3: 15, 4: 15}
_RIGHTS_NEWEST = 16


def set_limits(memory_bytes: int, data_bytes: int, cpu_s: int, written_bytes: int) -> None:
    """Address space, private memory, processor seconds, size of a written file; no core file."""
    for kind, soft, hard in (
        (resource.RLIMIT_AS, memory_bytes, memory_bytes),
        (resource.RLIMIT_DATA, data_bytes, data_bytes),
        (resource.RLIMIT_CPU, cpu_s, cpu_s + 2),
        (resource.RLIMIT_FSIZE, written_bytes, written_bytes),
        (resource.RLIMIT_NOFILE, 256, 256),
        (resource.RLIMIT_CORE, 0, 0),
    ):
        resource.setrlimit(kind, (soft, hard))


def drop_privileges() -> None:
    """No capability is left or can come back; the process dies with its parent."""
    _LIBC.prctl(_PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0)
    _LIBC.prctl(_PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)
    for capability in range(64):
        _LIBC.prctl(_PR_CAPBSET_DROP, capability, 0, 0, 0)
    header = struct.pack("=Ii", 0x20080522, 0)
    _LIBC.capset(header, struct.pack("=6I", *[0] * 6))


def refuse_system_calls() -> bool:
    """Install the filter of `_FORBIDDEN`; False where the kernel or architecture has none."""
    if platform.machine() not in _FORBIDDEN:
        return False
    architecture, calls = _FORBIDDEN[platform.machine()]
    load, equal, at_least, answer = 0x20, 0x15, 0x35, 0x06
    end = len(calls) + 4  # instructions from the first comparison to `answer refuse`
    program = [
        (load, 0, 0, 4),  # seccomp_data.arch
        (equal, 1, 0, architecture),
        (answer, 0, 0, _KILL),
        (load, 0, 0, 0),  # seccomp_data.nr
        (at_least, end, 0, 0x40000000),  # the x32 numbers of x86_64
        *(
            (equal, end - 1 - index, 0, number)
            for index, number in enumerate(sorted(calls.values()))
        ),
        (equal, 0, 2, _TGKILL[platform.machine()]),  # abort() sends its signal so: to itself only
        (load, 0, 0, 16),  # seccomp_data.args[0]
        (equal, 0, 1, os.getpid()),
        (answer, 0, 0, _ALLOW),
        (answer, 0, 0, _REFUSE),
    ]
    packed = ctypes.create_string_buffer(
        b"".join(struct.pack("=HBBI", *instruction) for instruction in program)
    )
    header = struct.pack("@HP", len(program), ctypes.addressof(packed))
    done: int = _LIBC.prctl(_PR_SET_SECCOMP, _SECCOMP_MODE_FILTER, header, 0, 0)
    return done == 0


def restrict_files(rules: list[tuple[str, str]]) -> bool:
    """Only these paths can be opened from here on; False where the kernel has no Landlock.

    rules  (path, right): `list` the names in a folder, `read` or `write` what lies under it.
    """
    abi = _LIBC.syscall(_CREATE_RULESET, None, ctypes.c_size_t(0), 1)
    if abi < 1:
        return False
    everything = (1 << _RIGHTS_BY_ABI.get(abi, _RIGHTS_NEWEST)) - 1
    ruleset = _LIBC.syscall(_CREATE_RULESET, struct.pack("=Q", everything), ctypes.c_size_t(8), 0)
    if ruleset < 0:
        return False
    rights = {"list": _READ_DIR, "read": _EXECUTE | _READ_FILE | _READ_DIR, "write": everything}
    for path, right in rules:
        if not Path(path).exists():
            continue
        folder = os.open(path, os.O_PATH | os.O_CLOEXEC)
        allowed = rights[right] & (everything if Path(path).is_dir() else _FILE_RIGHTS)
        _LIBC.syscall(_ADD_RULE, ruleset, 1, struct.pack("=Qi", allowed, folder), 0)
        os.close(folder)
    done: int = _LIBC.syscall(_RESTRICT_SELF, ruleset, 0)
    os.close(ruleset)
    return done == 0


def confine(request: dict[str, Any]) -> dict[str, bool]:
    """Apply the limits and rules of a request; says which rules the kernel took."""
    drop_privileges()
    fenced = restrict_files(request["files"]) if request["files"] else False
    filtered = refuse_system_calls()
    set_limits(
        request["memory_bytes"], request["data_bytes"], request["cpu_s"], request["written_bytes"]
    )
    return {"system_calls": filtered, "files": fenced}


def _send(stream: BinaryIO, kind: str, value: Any) -> None:
    frame = json.dumps({kind: value}, separators=(",", ":")).encode()
    stream.write(struct.pack("<I", len(frame)) + frame)
    stream.flush()


def _failure(error: Exception) -> dict[str, Any]:
    """A GeoplanError as plain values; of any other error its kind and place, never its words."""
    from geoplan.errors import GeoplanError  # noqa: PLC0415  after confinement

    if not isinstance(error, GeoplanError):
        frames = traceback.extract_tb(error.__traceback__)
        places = [f"{Path(frame.filename).name}:{frame.lineno}" for frame in frames]
        return {"kind": type(error).__name__, "places": places[-8:]}
    return {
        "code": error.code,
        "detail": [error.detail.zh, error.detail.en],
        "remedy": [error.remedy.zh, error.remedy.en],
        "status": error.status,
        "where": _place(error.where),
        "issues": [
            {
                "code": issue.code,
                "detail": [issue.detail.zh, issue.detail.en],
                "remedy": [issue.remedy.zh, issue.remedy.en],
                "where": _place(issue.where),
                "value": issue.value,
            }
            for issue in error.issues
        ],
    }


def _place(where: Any) -> list[Any] | None:
    return where and [where.sheet, where.row, where.column]


def _reader(name: str, folder: str) -> Any:
    """The function `module:function`, without running the `__init__` of its package or this one.

    That is the room's face for the parent, and imports much that no reader needs.
    """
    module, function = name.split(":")
    package = module.rpartition(".")[0]
    for room in {package, "geoplan.ingest"} if package else ():
        bare = ModuleType(room)
        bare.__path__ = [str(Path(folder, *room.split(".")))]
        sys.modules[room] = bare
    return getattr(importlib.import_module(module), function)


def main() -> None:
    """Read a request from standard input, confine, run its reader, write frames."""
    # What a library prints must not come between the frames.
    frames = os.fdopen(os.dup(1), "wb", buffering=1 << 16)
    os.dup2(2, 1)
    request = json.load(sys.stdin.buffer)
    _send(frames, "confined", confine(request))
    os.chdir(os.environ["TMPDIR"])
    sys.path[:0] = request["modules"]
    try:
        for batch in _reader(request["reader"], request["modules"][0])(
            Path(request["path"]), **request["arguments"]
        ):
            _send(frames, "batch", batch)
    except Exception as error:  # the parent turns it into words
        _send(frames, "error", _failure(error))
    else:
        _send(frames, "end", True)
    # Without the interpreter's tidying up: libraries have been seen to crash in it.
    os._exit(0)


if __name__ == "__main__":
    main()
