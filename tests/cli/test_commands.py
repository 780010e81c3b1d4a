"""The command line as a person at a shell meets it."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from geoplan.cli.imports import source_id_of
from geoplan.resources import resource


def run(*words: str, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "geoplan", *words],
        env=os.environ | {"LANG": "C.UTF-8"} | environment,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


def test_the_catalogue_of_the_city_has_no_problem() -> None:
    done = run("layers", "check")
    assert done.returncode == 0, done.stderr
    assert "no problem" in done.stdout


def test_a_broken_layer_file_is_named_with_its_line(tmp_path: Path) -> None:
    folder = tmp_path / "chengdu"
    folder.mkdir()
    for path in (resource("layers") / "chengdu").iterdir():
        (folder / path.name).write_bytes(path.read_bytes())
    park = folder / "park.yaml"
    lines = park.read_text(encoding="utf-8").splitlines()
    number = next(n for n, line in enumerate(lines, 1) if line.startswith("geometry:"))
    lines[number - 1] = "geometry: circle"
    park.write_text("\n".join(lines) + "\n", encoding="utf-8")
    done = run("layers", "check", str(folder))
    assert done.returncode == 1
    assert "park.yaml" in done.stderr
    assert str(number) in done.stderr
    assert "Traceback" not in done.stderr


def test_an_unknown_city_names_those_there_are(tmp_path: Path) -> None:
    done = run("migrate", GEOPLAN_CITY="atlantis", GEOPLAN_HOME=str(tmp_path / "home"))
    assert done.returncode == 1
    assert "chengdu" in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize(
    ("file", "source"),
    [("Parks 2023.gpkg", "parks-2023"), ("充电桩.xlsx", "file-"), ("chengdu.osm.pbf", "chengdu")],
)
def test_a_data_set_is_named_after_its_file(file: str, source: str) -> None:
    assert source_id_of(file).startswith(source)


def test_doctor_before_the_first_start_makes_nothing(tmp_path: Path) -> None:
    done = run("doctor", GEOPLAN_HOME=str(tmp_path / "home"))
    assert done.returncode == 0, done.stdout
    assert "not made yet" in done.stdout
    assert not (tmp_path / "home" / "cluster" / "pg").exists()
