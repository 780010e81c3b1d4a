"""A file of unknown origin is read in a process that can do nothing else.

How a reader is written and used::

    # geoplan/ingest/trees.py
    def read(path: Path, *, species: str) -> Iterator[dict[str, Any]]:   # in the child
        for rows in ...:
            yield {"row": [1, 2], "geometry": shapely.to_wkb(geoms, hex=True).tolist()}

    # in the parent
    for batch in sandbox.run("geoplan.ingest.trees:read", path, {"species": "ginkgo"}):
        geoms = shapely.from_wkb(batch["geometry"])

- The reader is a generator function of the package, named `module:function`. It gets the path
  under which it finds the file, and `arguments` (JSON values) as keywords. It yields plain JSON
  values (dict, list, str, int, float, bool, None; geometry as hexadecimal WKB): a few thousand
  rows each, at most `FRAME_BYTES` as JSON. They come out of `run` as they went in. Nothing else
  passes (no pickle): a reader taken over by its file can say wrong things, not run code here.
- The file's name in the child is `file` with the suffix of the original; take the name that a
  person reads from `path.name` in the parent.
- A GeoplanError raised by the reader comes out of `run`, with the file's name filled in. Its
  other ends (memory, time, a crash, an error nobody foresaw) come out as GeoplanErrors too.
- The child has no network, sees its own libraries and this one file, read-only, and a temporary
  folder of its own (`tempfile` finds it). What confines it: `confinement()`.
- The reader waits while nobody takes its batches; leaving the loop ends it.
- `drivers` names the GDAL drivers that exist in the child; without it a reader must not use GDAL.
"""

from __future__ import annotations

import errno
import os
import shutil
import stat
import subprocess
from collections.abc import Generator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any, Literal

from geoplan.errors import GeoplanError, Where
from geoplan.ingest import endings
from geoplan.ingest.process import FRAME_BYTES, Limits, ReaderProcess, Task, bubble
from geoplan.text import Text

__all__ = ["DEFAULT_LIMITS", "FRAME_BYTES", "Confinement", "Limits", "confinement", "run"]

DEFAULT_LIMITS = Limits()


@dataclass(frozen=True, slots=True)
class Confinement:
    """What keeps a reader apart on this machine.

    `bubblewrap`: namespaces of its own; no network, no other process or file exists for it.
    `kernel`: a system call filter (no socket, no program, no other process) and, if `files`,
    Landlock rules (no other file). `none`: this machine has neither, files are not read.
    """

    kind: Literal["bubblewrap", "kernel", "none"]
    files: bool


@lru_cache(maxsize=1)
def confinement() -> Confinement:
    """Tried out once per process, by confining a process that reads nothing."""
    if shutil.which("bwrap"):
        trial = subprocess.run([*bubble([]), "/bin/true"], capture_output=True, check=False)
        if trial.returncode == 0:
            return Confinement("bubblewrap", files=True)
    nothing = Task("builtins:dict", Path(os.devnull), {}, DEFAULT_LIMITS)
    with ReaderProcess(nothing, bubblewrap=False) as process:
        _, rules = process.frame()
    if not rules["system_calls"]:
        return Confinement("none", files=False)
    return Confinement("kernel", files=rules["files"])


def run(
    reader: str,
    path: Path,
    arguments: Mapping[str, Any] | None = None,
    *,
    siblings: Sequence[Path] = (),
    drivers: Sequence[str] = (),
    limits: Limits = DEFAULT_LIMITS,
) -> Generator[Any]:
    """Run a reader of the package on a file in a confined process and yield its batches.

    reader     `module:function`, see the module's text.
    siblings   further files that lie beside `path` in the child, under the same stem.
    drivers    GDAL drivers that exist in the child.
    Raises GeoplanError: what the reader raised; `file_unreadable`, `file_empty`,
    `file_too_large`; `reader_out_of_memory`, `reader_out_of_time`, `reader_died`,
    `reader_failed`; `no_sandbox` where the machine has no means to confine a process.
    """
    kind = confinement().kind
    if kind == "none":
        raise _no_sandbox()
    _check_size(path, limits)
    task = Task(reader, path, dict(arguments or {}), limits, siblings, drivers)
    with ReaderProcess(task, bubblewrap=kind == "bubblewrap") as process:
        while True:
            frame, value = process.frame()
            if frame == "batch":
                yield value
            elif frame == "error":
                raise endings.raised(value, path.name)
            elif frame == "end":
                return
            elif frame != "confined":
                raise endings.died(path.name)
            elif kind == "kernel" and not value["system_calls"]:
                raise _no_sandbox()


def _check_size(path: Path, limits: Limits) -> None:
    where = Where(file=path.name)
    try:
        if not stat.S_ISREG(path.stat().st_mode):  # a pipe would block, a folder has no content
            raise OSError(errno.EINVAL, "not a regular file")
        with path.open("rb") as stream:
            size = os.fstat(stream.fileno()).st_size
    except OSError as error:
        raise endings.unreadable(path.name, error.strerror or "") from error
    if size == 0:
        raise GeoplanError(
            "file_empty",
            Text(f"{path.name} 是空文件", f"{path.name} is empty"),
            Text("请重新导出该文件", "export the file again"),
            where=where,
        )
    if size > limits.input_bytes:
        limit = f"{limits.input_bytes >> 20} MB"
        raise GeoplanError(
            "file_too_large",
            Text(f"{path.name} 超过 {limit}", f"{path.name} is larger than {limit}"),
            Text("请拆分文件", "split the file"),
            where=where,
        )


def _no_sandbox() -> GeoplanError:
    return GeoplanError(
        "no_sandbox",
        Text(
            "这台机器无法隔离读取进程，因此不读取任何文件",
            "this machine cannot confine the reading process, so no file is read",
        ),
        Text(
            "请安装 bubblewrap（apt install bubblewrap），并允许用户命名空间或 seccomp",
            "install bubblewrap (apt install bubblewrap) and allow user namespaces or seccomp",
        ),
        status=500,
    )
