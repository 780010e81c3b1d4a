"""One reader's process, from its start to its certain end."""

from __future__ import annotations

import json
import logging
import os
import select
import signal
import struct
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import IO, Any, Self

from geoplan.errors import GeoplanError
from geoplan.ingest import endings

FRAME_BYTES = 128 << 20
"""Longest batch as JSON: a polygon of 1,000,000 vertices is 32 MB."""

_LOG = logging.getLogger(__name__)
_CHILD = Path(__file__).with_name("child.py")
_PACKAGE = Path(__file__).parents[1]
_INSIDE = Path("/tmp")  # noqa: S108  the child's own, a tmpfs made by bubblewrap
_DEVICES = (
    "/dev/null",
    "/dev/zero",
    "/dev/urandom",
    "/proc/self",
    "/proc/cpuinfo",
    "/proc/meminfo",
)


@dataclass(frozen=True, slots=True)
class Limits:
    """What one reading may use; the defaults suit a staff file."""

    input_bytes: int = 100 << 20
    memory_bytes: int = 1536 << 20
    """Address space, the libraries' among it."""
    data_bytes: int = 896 << 20
    """Of that, memory of its own: with what it uses of the libraries it stays below 1 GB."""
    cpu_s: int = 60
    wall_s: float = 240
    """Seconds that the parent may spend waiting for the child."""
    written_bytes: int = 1 << 30


@dataclass(frozen=True, slots=True)
class Task:
    """What a child is to do: the reader, its file, what lies beside it, and GDAL's drivers."""

    reader: str
    path: Path
    arguments: dict[str, Any]
    limits: Limits
    siblings: Sequence[Path] = ()
    drivers: Sequence[str] = ()

    @property
    def files(self) -> list[Path]:
        return [self.path, *self.siblings]


class ReaderProcess:
    """A child at work on a task; a context manager that leaves no process and no file behind."""

    def __init__(self, task: Task, *, bubblewrap: bool) -> None:
        self._name = task.path.name
        self._wait_s = task.limits.wall_s
        self._stack = ExitStack()
        self._errors: IO[bytes] = tempfile.TemporaryFile()  # noqa: SIM115  closed by the stack
        self._stack.enter_context(self._errors)
        command = [_python(), "-I", "-S", "-B", str(_CHILD)]
        if bubblewrap:
            folder, path, rules = _INSIDE, Path("/input", "file" + task.path.suffix), None
            command = [*bubble(task.files), *command]
        else:
            temporary = tempfile.TemporaryDirectory(prefix="geoplan-read-")
            folder = Path(self._stack.enter_context(temporary))
            path, rules = task.path.resolve(), _rules(task.files, folder)
        self._process = subprocess.Popen(
            command,
            env=_environment(folder, task.drivers),
            cwd="/",
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self._errors,
            start_new_session=True,
        )
        self._ask(
            {
                "reader": task.reader,
                "path": str(path),
                "arguments": task.arguments,
                "modules": [str(_PACKAGE.parent), *_site_packages()],
                "memory_bytes": task.limits.memory_bytes,
                "data_bytes": task.limits.data_bytes,
                "cpu_s": task.limits.cpu_s,
                "written_bytes": task.limits.written_bytes,
                "files": rules,
            }
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        if self._process.poll() is None:
            # The whole session: also what the child may have forked.
            os.killpg(self._process.pid, signal.SIGKILL)
        self._process.wait()
        if self._process.stdout:
            self._process.stdout.close()
        self._stack.close()

    def frame(self) -> tuple[str, Any]:
        """The next frame's kind and value. Raises GeoplanError when the child ended badly."""
        (length,) = struct.unpack("<I", self._read(4))
        if length > FRAME_BYTES:
            raise endings.died(self._name)
        try:
            ((kind, value),) = json.loads(self._read(length)).items()
        except (ValueError, AttributeError, RecursionError) as error:
            raise endings.died(self._name) from error
        return kind, value

    def _ask(self, request: dict[str, Any]) -> None:
        stream = self._process.stdin
        if stream is None:
            return
        try:
            with stream:
                stream.write(json.dumps(request).encode())
        except BrokenPipeError:
            pass  # the child is gone; reading its first frame says why

    def _read(self, length: int) -> bytes:
        stream = self._process.stdout
        if stream is None:
            raise endings.died(self._name)
        parts: list[bytes] = []
        missing = length
        ready = select.poll()
        ready.register(stream, select.POLLIN)
        while missing:
            started = time.monotonic()
            events = ready.poll(max(self._wait_s, 0) * 1000)
            self._wait_s -= time.monotonic() - started
            if not events:
                raise endings.out_of_time(self._name)
            part = os.read(stream.fileno(), min(missing, 1 << 20))
            if not part:
                raise self._end()
            parts.append(part)
            missing -= len(part)
        return b"".join(parts)

    def _end(self) -> GeoplanError:
        """Why the child ended without a word; bubblewrap answers 128 + the signal."""
        code = self._process.wait()
        by = -code if code < 0 else code - 128
        self._errors.seek(0)
        _LOG.debug("reader ended by %s: %s", code, self._errors.read(4000))
        out_of_time = by == signal.SIGXCPU
        return endings.out_of_time(self._name) if out_of_time else endings.died(self._name)


def bubble(files: Sequence[Path]) -> list[str]:
    """The command before the command: new namespaces, a root of libraries and these files."""
    command = ["bwrap", "--unshare-all", "--die-with-parent", "--new-session", "--cap-drop", "ALL"]
    command += ["--proc", "/proc", "--dev", "/dev", "--tmpfs", str(_INSIDE)]
    for library in _libraries():
        command += ["--ro-bind", str(library), str(library)]
    for file in files:
        command += ["--ro-bind", str(file.resolve()), f"/input/file{file.suffix}"]
    return [*command, "--remount-ro", "/", "--chdir", str(_INSIDE), "--"]


def _rules(files: Sequence[Path], folder: Path) -> list[tuple[str, str]]:
    """What the child may open where only the kernel's rules confine it: (path, right)."""
    readable = [*_libraries(), *(file.resolve() for file in files), *map(Path, _DEVICES)]
    return [
        *((str(path), "read") for path in readable),
        (str(_PACKAGE.parent), "list"),  # the import system lists the folder of the package
        ("/dev/null", "write"),
        (str(folder), "write"),
    ]


def _environment(folder: Path, drivers: Sequence[str]) -> dict[str, str]:
    # Threads and arenas reserve address space, which is limited; one reading needs one core.
    environment = {
        "PATH": "/usr/bin:/bin",
        "HOME": str(folder),
        "TMPDIR": str(folder),
        "LANG": "C.UTF-8",
        "OPENBLAS_NUM_THREADS": "1",
        "OMP_NUM_THREADS": "1",
        "MALLOC_ARENA_MAX": "2",
        "ARROW_DEFAULT_MEMORY_POOL": "system",
        "PROJ_NETWORK": "OFF",
    }
    if drivers:
        # Set before GDAL is loaded: then no other driver ever exists (a VRT or GDALG file would
        # otherwise be opened under any name and read what it points to).
        environment["GDAL_SKIP"] = ",".join(sorted(set(_all_drivers()) - set(drivers)))
    return environment


@lru_cache(maxsize=1)
def _all_drivers() -> tuple[str, ...]:
    """The vector drivers of the installed GDAL, asked of a process that reads nothing."""
    code = (
        "import sys, json; sys.path[:0] = json.loads(sys.argv[1]); import pyogrio; "
        "print(json.dumps(list(pyogrio.list_drivers())))"
    )
    command = [_python(), "-I", "-S", "-B", "-c", code, json.dumps(_site_packages())]
    answer = subprocess.run(command, capture_output=True, check=True, timeout=60)
    return tuple(json.loads(answer.stdout.splitlines()[-1]))


def _python() -> str:
    """The interpreter itself: a virtual environment's link needs that environment's folder."""
    return os.path.realpath(getattr(sys, "_base_executable", sys.executable))


def _site_packages() -> list[str]:
    return [
        entry
        for entry in sys.path
        if Path(entry).name in {"site-packages", "dist-packages"} and Path(entry).is_dir()
    ]


def _libraries() -> list[Path]:
    """What a reader's process is made of: system, interpreter, packages, this package."""
    system = ["/usr", "/bin", "/lib", "/lib32", "/lib64", "/etc/ld.so.cache", "/etc/alternatives"]
    own = [os.path.realpath(sys.base_prefix), *_site_packages(), str(_PACKAGE)]
    return [Path(path) for path in (*system, *own) if Path(path).exists()]
