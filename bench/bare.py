"""The least that one worker of uvicorn can do: an answer of fixed bytes and three headers."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager

from starlette.types import Receive, Scope, Send

from bench.client import Address

_BODY = bytes(int(os.environ.get("GEOPLAN_BENCH_BYTES", "0")))
_HEADERS = [
    (b"etag", b'"0"'),
    (b"content-type", b"application/octet-stream"),
    (b"content-length", str(len(_BODY)).encode()),
]


async def app(scope: Scope, receive: Receive, send: Send) -> None:
    """Every request has the same answer."""
    if scope["type"] == "http":
        await send({"type": "http.response.start", "status": 200, "headers": _HEADERS})
        await send({"type": "http.response.body", "body": _BODY})


@contextmanager
def uvicorn(python: str, target: str, **environment: str) -> Iterator[tuple[Address, int]]:
    """One worker of uvicorn on a free port: where it listens and its process."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        address = Address("127.0.0.1", free.getsockname()[1])
    process = subprocess.Popen(
        [python, "-m", "uvicorn", target, "--port", str(address.port), "--no-access-log"],
        env=os.environ | environment,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        for _ in range(300):
            try:
                address.connect().close()
                break
            except OSError:
                if process.poll() is not None:
                    raise
                time.sleep(0.1)
        yield address, process.pid
    finally:
        process.terminate()
        process.wait(20)


@contextmanager
def serving(size: int) -> Iterator[tuple[Address, int]]:
    """The bare application answering with `size` bytes."""
    with uvicorn(sys.executable, "bench.bare:app", GEOPLAN_BENCH_BYTES=str(size)) as served:
        yield served
