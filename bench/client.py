"""A small HTTP client that costs less than the servers it measures: raw sockets and epoll.

wrk and hey are in few distributions; this needs nothing. It sends the next request of a connection
when the answer to the last is complete, and does not pipeline.
"""

from __future__ import annotations

import re
import selectors
import socket
import time
from collections.abc import Sequence
from dataclasses import dataclass

_LENGTH = re.compile(rb"\r\ncontent-length: (\d+)\r\n", re.IGNORECASE)
_BODILESS = (b"204", b"304")


@dataclass(frozen=True, slots=True)
class Address:
    """Where a server listens."""

    host: str
    port: int

    def request(self, path: str, **headers: str) -> bytes:
        """The bytes of a GET that keeps the connection."""
        lines = [f"GET {path} HTTP/1.1", f"Host: {self.host}:{self.port}"]
        lines += [f"{name.replace('_', '-')}: {value}" for name, value in headers.items()]
        return "\r\n".join([*lines, "", ""]).encode()

    def connect(self) -> socket.socket:
        made = socket.create_connection((self.host, self.port), timeout=30)
        made.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        return made


def fetch(connection: socket.socket, request: bytes) -> bytes:
    """One whole answer, head and body."""
    connection.sendall(request)
    answer = b""
    while (whole := _whole(answer)) is None or len(answer) < whole:
        more = connection.recv(1 << 18)
        if not more:
            raise ConnectionError("the server closed the connection")
        answer += more
    return answer


def fetch_all(address: Address, requests: Sequence[bytes]) -> tuple[list[float], list[bytes]]:
    """Seconds of each request, one after another on one connection, and their answers.

    The last is asked before the others, for the server's own first steps, and is not counted.
    """
    seconds, answers = [], []
    with address.connect() as connection:
        fetch(connection, requests[-1])
        for request in requests[:-1]:
            start = time.perf_counter()
            answers.append(fetch(connection, request))
            seconds.append(time.perf_counter() - start)
    return seconds, answers


def rate(address: Address, request: bytes, *, connections: int = 32, seconds: float = 5) -> float:
    """Answers a second to one request, asked on many connections; every answer is as long."""
    with address.connect() as first:
        size = len(fetch(first, request))
    selector = selectors.DefaultSelector()
    left = {}
    for _ in range(connections):
        made = address.connect()
        selector.register(made, selectors.EVENT_READ)
        left[made] = size
        made.sendall(request)
    done, start = 0, time.perf_counter()
    while (now := time.perf_counter()) - start < seconds:
        for key, _ in selector.select(1):
            ready = key.fileobj
            assert isinstance(ready, socket.socket)
            left[ready] -= len(ready.recv(1 << 18))
            if left[ready] <= 0:
                done, left[ready] = done + 1, size
                ready.send(request)
    for made in left:
        made.close()
    return done / (now - start)


def paced(address: Address, requests: Sequence[bytes], a_second: float) -> list[float]:
    """Seconds from when each request was due to its whole answer, asked at a steady rate.

    A request waits for no other: while all connections are busy one more is made, so that a slow
    server is not asked less. Raises ValueError for an answer that is not 200.
    """
    selector, idle = selectors.DefaultSelector(), [address.connect() for _ in range(4)]
    busy: dict[socket.socket, tuple[float, bytes]] = {}
    took: list[float] = []
    sent, start = 0, time.perf_counter() + 0.1
    while len(took) < len(requests):
        due = start + sent / a_second
        if sent < len(requests) and time.perf_counter() >= due:
            made = idle.pop() if idle else address.connect()
            made.sendall(requests[sent])
            busy[made], sent = (due, b""), sent + 1
            selector.register(made, selectors.EVENT_READ)
            continue
        wait = due - time.perf_counter() if sent < len(requests) else 1.0
        for key, _ in selector.select(max(wait, 0)):
            ready = key.fileobj
            assert isinstance(ready, socket.socket)
            was_due, answer = busy[ready]
            more = ready.recv(1 << 18)
            if not more:
                raise ConnectionError("the server closed the connection")
            answer += more
            whole = _whole(answer)
            if whole is None or len(answer) < whole:
                busy[ready] = was_due, answer
                continue
            took.append(time.perf_counter() - was_due)
            if answer[9:12] != b"200":
                raise ValueError(f"refused: {answer[:200]!r}")
            selector.unregister(ready)
            del busy[ready]
            idle.append(ready)
    for made in idle:
        made.close()
    return took


def _whole(answer: bytes) -> int | None:
    """How long the answer that begins so will be, once its head is complete."""
    end = answer.find(b"\r\n\r\n")
    if end < 0:
        return None
    if answer[9:12] in _BODILESS:
        return end + 4
    length = _LENGTH.search(answer, 0, end + 2)
    if length is None:
        raise ValueError(f"an answer without length: {answer[:200]!r}")
    return end + 4 + int(length[1])
