"""The network as files: saved, mapped, replaced, damaged, and its kernels in other processes."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import threading
from pathlib import Path

import numpy as np
import pytest

from geoplan.errors import GeoplanError
from geoplan.network import Graph, Snapper, build, load
from geoplan.network.graph import _ARRAYS
from geoplan.network.kernel import Access, nearest
from tests.network.made import draw, random_ways

ROOT = Path(__file__).parents[2]


@pytest.fixture
def graph() -> Graph:
    return build(random_ways(np.random.default_rng(1), 200, 350))


def same(one: Graph, other: Graph) -> bool:
    return one.missing_nodes == other.missing_nodes and all(
        np.array_equal(getattr(one, name), getattr(other, name))
        and getattr(one, name).dtype == getattr(other, name).dtype
        for name in _ARRAYS
    )


def test_a_saved_network_is_loaded_equal_and_mapped(graph: Graph, tmp_path: Path) -> None:
    graph.save(tmp_path / "networks" / "one")

    loaded = load(tmp_path / "networks" / "one")

    assert same(loaded, graph)
    maps = Path("/proc/self/maps").read_text()
    for name in _ARRAYS:
        assert not getattr(loaded, name).flags.writeable
        assert str(tmp_path / "networks" / "one" / f"{name}.npy") in maps
    assert sorted(path.name for path in (tmp_path / "networks").iterdir()) == ["one"]


def test_an_empty_network_is_saved_and_loaded(tmp_path: Path) -> None:
    graph = draw({})
    graph.save(tmp_path / "none")
    assert same(load(tmp_path / "none"), graph)


def test_a_replaced_network_leaves_mapped_ones_as_they_were(graph: Graph, tmp_path: Path) -> None:
    graph.save(tmp_path / "one")
    held = load(tmp_path / "one")
    other = build(random_ways(np.random.default_rng(2), 300, 500))

    other.save(tmp_path / "one")

    assert same(held, graph)
    assert same(load(tmp_path / "one"), other)
    shutil.rmtree(tmp_path / "one")
    assert same(held, graph)


def test_loading_while_it_is_replaced_gives_one_network_or_the_other(
    graph: Graph, tmp_path: Path
) -> None:
    other = build(random_ways(np.random.default_rng(2), 300, 500))
    graph.save(tmp_path / "one")
    stop = threading.Event()

    def replace_it() -> None:
        for turn in range(14):
            (other, graph)[turn % 2].save(tmp_path / "one")
        stop.set()

    thread = threading.Thread(target=replace_it)
    thread.start()
    seen = 0
    while not stop.is_set():
        loaded = load(tmp_path / "one")
        assert same(loaded, graph) or same(loaded, other)
        seen += 1
    thread.join()
    assert seen > 0


def test_a_write_that_fails_leaves_the_old_network_and_no_rubbish(
    graph: Graph, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    graph.save(tmp_path / "one")

    def full(_: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OSError, match="No space"):
        build(random_ways(np.random.default_rng(2), 300, 500)).save(tmp_path / "one")

    assert same(load(tmp_path / "one"), graph)
    assert [path.name for path in tmp_path.iterdir()] == ["one"]


def test_a_network_that_does_not_exist_is_told(tmp_path: Path) -> None:
    with pytest.raises(GeoplanError) as caught:
        load(tmp_path / "none")
    assert caught.value.code == "network_missing"


def _cut(folder: Path) -> None:
    path = folder / "step.npy"
    path.write_bytes(path.read_bytes()[:-8])


def _lacking(folder: Path) -> None:
    (folder / "edge_of.npy").unlink()


def _foreign(folder: Path) -> None:
    array = np.load(folder / "step.npy")
    array[3, 0] = 10**6
    np.save(folder / "step.npy", array)


def _newer(folder: Path) -> None:
    (folder / "about.json").write_text(json.dumps({"format": 999, "missing_nodes": 0}))


def _garbage(folder: Path) -> None:
    (folder / "near_box.npy").write_bytes(b"no array at all")


def _pickled(folder: Path) -> None:
    np.save(folder / "near_box.npy", np.array([{}], dtype=object), allow_pickle=True)


@pytest.mark.parametrize("damage", [_cut, _lacking, _foreign, _newer, _garbage, _pickled])
def test_damaged_files_are_refused_before_a_kernel_sees_them(
    damage: object, graph: Graph, tmp_path: Path
) -> None:
    graph.save(tmp_path / "one")
    damage(tmp_path / "one")  # type: ignore[operator]
    with pytest.raises(GeoplanError) as caught:
        load(tmp_path / "one")
    assert caught.value.code == "network_damaged"


def test_kernels_give_the_same_on_a_mapped_network_as_on_a_built_one(
    graph: Graph, tmp_path: Path
) -> None:
    graph.save(tmp_path / "one")
    loaded = load(tmp_path / "one")
    seeds = Access(*(np.array(values, dtype=np.int32) for values in ([0, 1], [3, 9], [0, 7])))
    for built, mapped in zip(
        nearest(graph.arriving, seeds), nearest(loaded.arriving, seeds), strict=True
    ):
        assert np.array_equal(built, mapped)
    points = np.column_stack([graph.lon, graph.lat])[:20]
    for one, other in zip(
        Snapper(graph).snap(points).positions, Snapper(loaded).snap(points).positions, strict=True
    ):
        assert np.array_equal(one, other)


COMPILE = """
import numpy as np
from geoplan.network import search
search.push(np.zeros(4, dtype=np.int64), 0, 5)
stats = search.push.stats
print("hits", sum(stats.cache_hits.values()) if stats.cache_path else "none")
"""


def run_python(code: str, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", code],
        cwd=ROOT,
        env={"PATH": os.environ["PATH"], "PYTHONDONTWRITEBYTECODE": "1", **environment},
        capture_output=True,
        text=True,
        check=True,
    )


def test_a_second_process_finds_the_machine_code_of_the_first(tmp_path: Path) -> None:
    runs = [run_python(COMPILE, NUMBA_CACHE_DIR=str(tmp_path)).stdout.split() for _ in range(2)]
    assert runs == [["hits", "0"], ["hits", "1"]]


def test_without_a_folder_for_machine_code_kernels_still_work_and_say_so_once() -> None:
    no_folder = """
import logging, numba.core.caching
logging.basicConfig()
numba.core.caching.CacheImpl._locator_classes = []
"""
    run = run_python(no_folder + COMPILE)
    assert run.stdout.split() == ["hits", "none"]
    assert run.stderr.count("kernels are compiled in every process (set NUMBA_CACHE_DIR)") == 1
