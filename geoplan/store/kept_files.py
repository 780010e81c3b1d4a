"""Files kept by the hash of their content, under folders that no web server reads."""

from __future__ import annotations

import hashlib
import os
import re
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

_NAME = re.compile(r"[0-9a-f]{64}")


class KeptFiles:
    """A folder `<first two letters>/<SHA-256>` that its owner alone reads. A file is there whole or
    not at all."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def keep(self, data: bytes) -> str:
        """Write bytes, unless they are there, and return their SHA-256.

        They outlive a power cut that follows. Raises OSError when the disk is full.
        """
        name = hashlib.sha256(data).hexdigest()
        place = self.path(name)
        if place.is_file():
            os.utime(place)  # somebody wants it again: `old` leaves it for a while
            return name
        for folder in (self._folder, place.parent):
            if not folder.is_dir():
                folder.mkdir(mode=0o700, parents=True, exist_ok=True)
                _sync(folder.parent)
        handle, temporary = tempfile.mkstemp(dir=place.parent, prefix=".")
        try:
            with os.fdopen(handle, "wb") as stream:
                stream.write(data)
                stream.flush()
                os.fsync(stream.fileno())
            Path(temporary).replace(place)
        except BaseException:
            Path(temporary).unlink(missing_ok=True)
            raise
        _sync(place.parent)
        return name

    def path(self, name: str) -> Path:
        """Where the file of a hash lies. Raises ValueError for what is no SHA-256."""
        if not _NAME.fullmatch(name):
            raise ValueError("no SHA-256")
        return self._folder / name[:2] / name

    def forget(self, name: str) -> None:
        """Remove a file, if it is there."""
        self.path(name).unlink(missing_ok=True)

    def old(self, seconds: float) -> Iterator[str]:
        """Hashes of the files that have been there for so long; halves that a kill left, as old,
        are removed."""
        if not self._folder.is_dir():
            return
        before = time.time() - seconds
        for file in sorted(self._folder.glob("??/*")):
            if file.stat().st_mtime > before:
                continue
            if _NAME.fullmatch(file.name):
                yield file.name
            elif file.name.startswith("."):
                file.unlink(missing_ok=True)


def _sync(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
