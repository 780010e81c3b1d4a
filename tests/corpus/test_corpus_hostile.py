"""Hostile files end in words: nothing else is read, called, filled or left behind."""

from __future__ import annotations

import gc
import json
import resource
import socket
import tempfile
import threading
from collections.abc import Iterator, Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any

import pytest

from geoplan.catalogue import City
from geoplan.errors import GeoplanError
from tests.corpus import hostile_misleading, hostile_reaching, hostile_starving, hostile_swelling
from tests.corpus.expected import SILENT, WGS84, Case, Found, check
from tests.corpus.hostile import CANARY, Bait, Hostile
from tests.corpus.writing import Make

HOSTILE = [
    *hostile_reaching.VIRTUAL,
    *hostile_reaching.REACHING,
    *hostile_swelling.SWELLING,
    *hostile_starving.STARVING,
    *hostile_misleading.MISLEADING,
]
READER_MB, PARENT_MB = 1_000, 150
_TABLES = {".csv", ".tsv", ".txt", ".xls", ".xlsx", ".xlsm"}


@pytest.fixture
def bait(tmp_path: Path) -> Iterator[Bait]:
    """A secret file, and a listener that must see nothing."""
    secret = tmp_path / "secret" / "canary.csv"
    secret.parent.mkdir()
    secret.write_text(
        f"名称,状态,经度,纬度\n{CANARY},在建,104.312001,30.611001\n", encoding="utf-8"
    )
    with socket.create_server(("127.0.0.1", 0)) as listener:
        listener.setblocking(False)
        yield Bait(secret, listener.getsockname()[1])
        with pytest.raises(BlockingIOError):
            listener.accept()


_OWN = Path("/proc/self/cmdline").read_bytes()


class Readers(threading.Thread):
    """Watches how much memory the processes that this one starts have at most."""

    def __init__(self) -> None:
        super().__init__(daemon=True)
        self.peak_mb = 0.0
        self._end = threading.Event()

    def __enter__(self) -> Readers:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._end.set()
        self.join()

    def run(self) -> None:
        while not self._end.wait(0.01):
            for process in _descendants():
                self.peak_mb = max(self.peak_mb, _high_water_mb(process))


def _descendants() -> list[str]:
    found, ahead = [], ["self"]
    while ahead:
        try:
            tasks = [*Path("/proc", ahead.pop(), "task").glob("*/children")]
            children = [child for task in tasks for child in task.read_text().split()]
        except OSError:  # it ended meanwhile
            continue
        found += children
        ahead += children
    return found


def _high_water_mb(process: str) -> float:
    """Nothing for a process that is not its own program yet: its memory is this one's."""
    try:
        status = Path("/proc", process, "status").read_text()
        if Path("/proc", process, "cmdline").read_bytes() == _OWN:
            return 0.0
    except OSError:
        return 0.0
    marks = [line.split()[1] for line in status.splitlines() if line.startswith("VmHWM")]
    return int(marks[0]) / 1024 if marks else 0.0


def _rss_mb() -> float:
    gc.collect()
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * resource.getpagesize() / (1 << 20)


def _left() -> set[str]:
    return {
        path.name
        for pattern in ("geoplan-read-*", "geoplan-slip*")
        for path in Path(tempfile.gettempdir()).glob(pattern)
    }


def _said(found: Found) -> str:
    """Everything that an answer could show."""
    issues = [asdict(issue) for issue in found.issues()]
    words: Any = issues
    if found.checked is not None:
        checked = found.checked
        words = [
            issues,
            asdict(checked.crs),
            [asdict(header) for header in checked.headers],
            [[row.raw, row.values, row.original] for row in checked.rows],
        ]
    return json.dumps(words, ensure_ascii=False, default=str)


@pytest.mark.parametrize("hostile", [pytest.param(one, id=one.id) for one in HOSTILE])
def test_a_hostile_file_ends_in_words(
    hostile: Hostile, bait: Bait, tmp_path: Path, city: City, outlines: Mapping[str, Any]
) -> None:
    folder = tmp_path / "upload"
    folder.mkdir()
    path = hostile.make(folder, bait)
    options = WGS84 if path.suffix in _TABLES else SILENT
    case = Case(hostile.id, hostile.layer, lambda _: path, options=options)
    before, left, listing = _rss_mb(), _left(), sorted(folder.rglob("*"))
    with Readers() as readers:
        found = check(case, folder, city, outlines)
    said = _said(found)

    assert CANARY not in said
    assert "/proc/" not in said
    assert str(bait.secret.parent) not in said or "formulas" in hostile.id
    assert readers.peak_mb < READER_MB
    assert _left() == left
    assert sorted(folder.rglob("*")) == listing
    codes = [issue.code for issue in found.issues() if issue.severity == "error"]
    if hostile.codes:
        refusal = found.refused.code if found.refused else None
        assert refusal in hostile.codes or (codes and set(codes) <= set(hostile.codes)), codes
        assert not any(row.wkb for row in (found.checked.rows if found.checked else []))
    else:
        assert found.checked is not None, found.refused and found.refused.detail.zh
        assert [
            (issue.code, issue.where.row) for issue in found.issues() if issue.severity != "info"
        ] == list(hostile.issues)
        assert len(found.checked.rows) == hostile.rows
    for issue in found.issues():
        assert all((issue.detail.zh, issue.detail.en, issue.remedy.zh, issue.remedy.en))
        assert all(mark.isprintable() for mark in issue.value or "")
    del found, said
    assert _rss_mb() - before < PARENT_MB


def _at(name: str) -> Make:
    return lambda _: Path(name)


def test_a_path_into_gdals_virtual_files_is_only_a_path(
    tmp_path: Path, bait: Bait, city: City, outlines: Mapping[str, Any]
) -> None:
    for name in (f"/vsicurl/{bait.url}.geojson", f"/vsizip/{bait.secret}", "/vsistdin/"):
        case = Case("vsi", "school", _at(name))
        found = check(case, tmp_path, city, outlines)
        assert isinstance(found.refused, GeoplanError)
        assert found.refused.code == "file_unreadable"
