"""The folder of one installation: its secret, its lock, its private cluster, its networks."""

from __future__ import annotations

import fcntl
import hashlib
import hmac
import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from geoplan.errors import GeoplanError
from geoplan.text import Text


class Home:
    """`$GEOPLAN_HOME`, made on first use and readable by its owner alone."""

    def __init__(self, path: Path, *, secret: str | None = None) -> None:
        self.path = path.absolute()
        self._given_secret = secret
        try:
            self.path.mkdir(parents=True, exist_ok=True)
            self.path.chmod(0o700)
        except OSError as error:
            raise GeoplanError(
                "home_unusable",
                Text(
                    f"无法使用文件夹 {self.path}：{error.strerror}",
                    f"cannot use the folder {self.path}: {error.strerror}",
                ),
                Text(
                    "请设置 GEOPLAN_HOME 为可写的文件夹",
                    "set GEOPLAN_HOME to a folder you may write",
                ),
                status=500,
            ) from error

    @property
    def networks(self) -> Path:
        """Holds a folder of arrays for each walking network."""
        return self.path / "networks"

    def secret(self) -> bytes:
        """The key of this installation: from the settings, or made once and kept (mode 600)."""
        if self._given_secret:
            return self._given_secret.encode()
        place = self.path / "secret"
        try:
            handle = os.open(place, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        except FileExistsError:
            if held := place.read_bytes():
                return held
            place.unlink()  # an earlier start died between making and filling it
            return self.secret()
        made = secrets.token_hex(32).encode()
        with os.fdopen(handle, "wb") as stream:
            stream.write(made)
            stream.flush()
            os.fsync(stream.fileno())
        return made

    def role_password(self, role: str) -> str:
        """The database password of a role: HMAC-SHA256 of its name under the secret."""
        return hmac.new(self.secret(), f"role:{role}".encode(), hashlib.sha256).hexdigest()

    @contextmanager
    def lock(self, url: str) -> Iterator[None]:
        """One service a home. The kernel releases the lock when the process dies.

        Raises GeoplanError that names the other service's process and address.
        """
        with (self.path / "up.lock").open("a+") as stream:
            try:
                fcntl.flock(stream, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError as error:
                stream.seek(0)
                other = stream.read().strip() or "?"
                raise GeoplanError(
                    "already_running",
                    Text(f"geoplan 已在运行：{other}", f"geoplan is running already: {other}"),
                    Text(
                        "请使用该地址，或先停止它，或设置另一个 GEOPLAN_HOME",
                        "use that address, stop it first, or set another GEOPLAN_HOME",
                    ),
                    status=409,
                ) from error
            stream.truncate(0)
            stream.write(f"{url} (pid {os.getpid()})")
            stream.flush()
            try:
                yield
            finally:
                stream.truncate(0)
