"""The bytes of uploaded files: under $GEOPLAN_HOME/uploads, by their SHA-256, written to last."""

from __future__ import annotations

import errno
import hashlib
import os
import re
import shutil
import time
import unicodedata
from collections.abc import Collection, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from tempfile import mkdtemp, mkstemp

from geoplan.errors import GeoplanError
from geoplan.text import Text

MOST_BYTES = 100 * 2**20
"""Of one uploaded file; whoever receives it counts, and `ingest` refuses larger ones too."""

_NAME_BYTES = 180  # a file system's names have 255, and the reader adds to them
_LEFT_S = 24 * 3600.0  # what an interrupted receipt or check left behind is older than any at work
_SHA256 = re.compile("[0-9a-f]{64}")


class Incoming:
    """A file while it is received; what is not kept is removed with the `with` block."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        handle, name = mkstemp(dir=folder / "incoming")
        self._path = Path(name)
        self._stream = os.fdopen(handle, "wb")
        self._hash = hashlib.sha256()
        self.size = 0

    def __enter__(self) -> Incoming:
        return self

    def __exit__(self, *_: object) -> None:
        with suppress(OSError):  # the last bytes of a full disk
            self._stream.close()
        self._path.unlink(missing_ok=True)

    def write(self, data: bytes) -> None:
        """Take the next bytes. Raises GeoplanError 507 `disk_full`."""
        self.size += len(data)
        self._hash.update(data)
        with _room():
            self._stream.write(data)

    def keep(self) -> str:
        """Have the bytes on the disk for good; returns their SHA-256.

        The name comes last: a file that has its name is whole, whenever the machine stops.
        """
        sha256 = self._hash.hexdigest()
        place = _place(self._folder, sha256)
        with _room():
            self._stream.flush()
            os.fsync(self._stream.fileno())
            if not place.parent.is_dir():
                place.parent.mkdir(mode=0o700, exist_ok=True)
                _sync_folder(place.parent.parent)
            self._path.replace(place)
            _sync_folder(place.parent)
        return sha256


class Files:
    """The uploaded files of one installation."""

    def __init__(self, home: Path) -> None:
        """home  $GEOPLAN_HOME; its folder `uploads` is made with the first file."""
        self._folder = home / "uploads"

    def receive(self) -> Incoming:
        """Begin to receive a file. Raises GeoplanError 507 `disk_full`."""
        with _room():
            self._part("incoming")
            return Incoming(self._folder)

    def path(self, sha256: str) -> Path:
        """Where the bytes of that hash lie."""
        return _place(self._folder, sha256)

    @contextmanager
    def named(self, sha256: str, name: str) -> Iterator[Path]:
        """The file under the name it came with, for readers that look at endings and say names.

        Raises GeoplanError `file_lost` when the bytes are not there.
        """
        folder = Path(mkdtemp(dir=self._part("reading")))
        try:
            place = folder / safe_name(name)
            try:
                os.link(self.path(sha256), place)
            except FileNotFoundError as error:
                raise _lost(name) from error
            yield place
        finally:
            shutil.rmtree(folder, ignore_errors=True)

    def tidy(self, held: Collection[str]) -> int:
        """Remove what no upload names and nobody is at work on; returns how many files.

        held  SHA-256 of all files that uploads name.
        """
        before = time.time() - _LEFT_S
        removed = 0
        for part in ("incoming", "reading"):
            for left in self._part(part).iterdir():
                if left.lstat().st_mtime < before:
                    shutil.rmtree(left) if left.is_dir() else left.unlink(missing_ok=True)
                    removed += 1
        for place in self._folder.glob("??/*"):
            if (
                _SHA256.fullmatch(place.name)
                and place.name not in held
                and place.lstat().st_mtime < before
            ):
                place.unlink(missing_ok=True)
                removed += 1
        return removed

    def _part(self, name: str) -> Path:
        part = self._folder / name
        if not part.is_dir():
            part.mkdir(mode=0o700, parents=True, exist_ok=True)
            _sync_folder(self._folder)
            _sync_folder(self._folder.parent)
        return part


def safe_name(name: str) -> str:
    """A file's own name without folders, without what terminals and file systems stumble over."""
    last = re.split(r"[/\\]", unicodedata.normalize("NFC", name))[-1]
    plain = "".join(
        letter for letter in last if unicodedata.category(letter) not in {"Cc", "Cf", "Cs", "Co"}
    ).strip(" .")
    stem, dot, ending = plain.rpartition(".")
    if not dot or len(ending) > 20:
        stem, ending = plain, ""
    while stem and len(f"{stem}.{ending}".encode()) > _NAME_BYTES:
        stem = stem[:-1]
    return (f"{stem}.{ending}" if ending else stem) or "file"


def _place(folder: Path, sha256: str) -> Path:
    if not _SHA256.fullmatch(sha256):
        raise ValueError("not a SHA-256")
    return folder / sha256[:2] / sha256


def _sync_folder(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


@contextmanager
def _room() -> Iterator[None]:
    try:
        yield
    except OSError as error:
        if error.errno not in {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}:
            raise
        raise GeoplanError(
            "disk_full",
            Text("服务器磁盘已满，文件没有保存", "The server's disk is full; nothing was kept"),
            Text("请联系管理员，稍后再上传", "Tell the operator and send the file again later"),
            status=507,
        ) from error


def _lost(name: str) -> GeoplanError:
    return GeoplanError(
        "file_lost",
        Text(f"{name} 的原始文件不在服务器上", f"the bytes of {name} are not on the server"),
        Text("请重新上传", "send the file again"),
        status=500,
    )
