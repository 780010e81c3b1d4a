"""What a reader's process can do: nothing but read its file. Both ways of confinement.

The reader here is `runpy.run_path`, and the file it reads is a program: a reader taken over.
"""

from __future__ import annotations

import json
import os
import shutil
import socket
import tempfile
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from geoplan.errors import GeoplanError
from geoplan.ingest import sandbox
from geoplan.ingest.sandbox import Limits, confinement
from tests.ingest.files import children

TELL = """
import json, os, socket, subprocess, tempfile
from pathlib import Path

def tell(**found):
    globals()[json.dumps(found)] = None  # run_path gives its globals, of which the names are yielded

def attempt(name, action):
    try:
        tell(**{name: str(action())})
    except OSError as error:
        tell(**{name: type(error).__name__})
"""


@pytest.fixture(params=["bubblewrap", "kernel"])
def kind(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    if request.param == "kernel":
        monkeypatch.setenv("PATH", "/nowhere")  # no bwrap to be found
    elif not shutil.which("bwrap"):
        pytest.skip("bubblewrap is not installed")
    confinement.cache_clear()
    if confinement().kind != request.param:
        pytest.skip(f"this machine offers {confinement()}")
    yield request.param
    confinement.cache_clear()


def taken_over(
    folder: Path, program: str, limits: Limits = sandbox.DEFAULT_LIMITS
) -> dict[str, Any]:
    """What a program finds out inside the sandbox."""
    path = folder / "data.csv"
    path.write_text(TELL + program, encoding="utf-8")
    told: dict[str, Any] = {}
    for batch in sandbox.run("runpy:run_path", path, limits=limits):
        if batch.startswith("{"):
            told |= json.loads(batch)
    return told


def refusal(folder: Path, program: str, limits: Limits = sandbox.DEFAULT_LIMITS) -> str:
    with pytest.raises(GeoplanError) as caught:
        taken_over(folder, program, limits)
    assert caught.value.where is not None
    assert caught.value.where.file == "data.csv"
    return caught.value.code


def test_no_connection_leaves_the_process(kind: str, tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as sink:
        sink.settimeout(0.3)
        port = sink.getsockname()[1]
        told = taken_over(
            tmp_path,
            f'attempt("tcp", lambda: socket.create_connection(("127.0.0.1", {port}), 2))\n'
            'attempt("udp", lambda: socket.socket(socket.AF_INET, socket.SOCK_DGRAM))\n'
            'attempt("unix", lambda: socket.socket(socket.AF_UNIX))\n',
        )
        with pytest.raises(TimeoutError):
            sink.accept()
    assert set(told) == {"tcp", "udp", "unix"}
    assert set(told.values()) == {"PermissionError"}


def test_no_other_file_can_be_read_or_written(kind: str, tmp_path: Path) -> None:
    canary = tmp_path / "canary.txt"
    canary.write_text("canary")
    told = taken_over(
        tmp_path,
        f'attempt("read", lambda: Path({str(canary)!r}).read_text())\n'
        f'attempt("list", lambda: os.listdir({str(tmp_path)!r}))\n'
        'attempt("passwords", lambda: Path("/etc/shadow").read_text())\n'
        f'attempt("write", lambda: Path({str(tmp_path)!r}, "new").write_text("x"))\n'
        'attempt("libraries", lambda: Path(os.__file__).write_text("x"))\n'
        'attempt("own", lambda: Path(__file__).write_text("x"))\n',
    )
    assert len(told) == 6
    assert set(told.values()) <= {"PermissionError", "FileNotFoundError", "OSError"}
    assert [path.name for path in sorted(tmp_path.iterdir())] == ["canary.txt", "data.csv"]
    assert "attempt" in (tmp_path / "data.csv").read_text()


def test_its_temporary_folder_is_its_own_and_does_not_stay(kind: str, tmp_path: Path) -> None:
    before = set(Path(tempfile.gettempdir()).iterdir())
    told = taken_over(
        tmp_path,
        'name = tempfile.mkdtemp()\nPath(name, "x").write_text("geoplan-test-remains")\n'
        'tell(folder=name, content=Path(name, "x").read_text())\n',
    )
    assert told["content"] == "geoplan-test-remains"
    assert not Path(told["folder"]).exists()
    assert not [
        path
        for path in set(Path(tempfile.gettempdir()).iterdir()) - before
        if path.name.startswith("geoplan-read-")
    ]


def test_it_has_no_privilege_no_program_and_no_one_else(
    kind: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GEOPLAN_SECRET", "canary")
    told = taken_over(
        tmp_path,
        'status = dict(line.split(":", 1) for line in open("/proc/self/status"))\n'
        'tell(capabilities=status["CapEff"].strip(), locked=status["NoNewPrivs"].strip())\n'
        'attempt("program", lambda: subprocess.run(["/bin/true"]))\n'
        f'attempt("signal", lambda: os.kill({os.getpid()}, 0))\n'
        f"import ctypes; tell(thread=ctypes.CDLL(None).tgkill({os.getpid()}, {os.getpid()}, 0))\n"
        f'attempt("neighbour", lambda: Path("/proc/{os.getpid()}/environ").read_bytes())\n'
        "tell(environment=sorted(os.environ))\n",
    )
    assert int(told["capabilities"], 16) == 0
    assert told["locked"] == "1"
    assert told["thread"] == -1
    assert told["program"] == told["signal"] == "PermissionError"
    assert told["neighbour"] in {"PermissionError", "FileNotFoundError"}
    assert "GEOPLAN_SECRET" not in told["environment"]


def test_memory_beyond_the_limit_ends_in_words(kind: str, tmp_path: Path) -> None:
    assert refusal(tmp_path, "bytearray(4 << 30)") == "reader_out_of_memory"


def test_a_loop_without_end_ends_by_processor_time(kind: str, tmp_path: Path) -> None:
    assert refusal(tmp_path, "while True: pass", Limits(cpu_s=1)) == "reader_out_of_time"


def test_a_reader_that_sleeps_ends_by_the_clock(kind: str, tmp_path: Path) -> None:
    limits = Limits(wall_s=0.5)
    assert refusal(tmp_path, "import time; time.sleep(100)", limits) == "reader_out_of_time"
    assert children() == []


@pytest.mark.parametrize(
    "program", ["os.abort()", "import ctypes; ctypes.string_at(1)", "os._exit(3)"]
)
def test_a_crash_ends_in_words(kind: str, tmp_path: Path, program: str) -> None:
    assert refusal(tmp_path, program) == "reader_died"


def test_an_error_nobody_foresaw_ends_in_words_without_its_own(kind: str, tmp_path: Path) -> None:
    with pytest.raises(GeoplanError) as caught:
        taken_over(tmp_path, "raise ValueError('张三 13800000000')")
    assert caught.value.code == "reader_failed"
    assert "138" not in f"{caught.value.detail}{caught.value.remedy}"


def test_an_error_with_words_keeps_them(kind: str, tmp_path: Path) -> None:
    with pytest.raises(GeoplanError) as caught:
        taken_over(
            tmp_path,
            "from geoplan.errors import GeoplanError, Issue, Where\nfrom geoplan.text import Text\n"
            "issue = Issue('c', Text('甲', 'a'), Text('乙', 'b'), Where(row=7, column='名称'), 'v')\n"
            "raise GeoplanError('code', Text('坏', 'bad'), Text('改', 'mend'), status=422, issues=[issue])",
        )
    error = caught.value
    assert (error.code, error.status, error.detail.zh, error.remedy.en) == (
        "code",
        422,
        "坏",
        "mend",
    )
    (issue,) = error.issues
    assert (issue.code, issue.where.file, issue.where.row, issue.value) == ("c", "data.csv", 7, "v")


@pytest.mark.parametrize(
    "frame",
    [
        "b'\\xff\\xff\\xff\\xff'",
        "struct.pack('<I', 4) + b'[[[['",
        "struct.pack('<I', 12) + b'{\"what\": 123}'[:12]",
        "struct.pack('<I', 200000) + b'[' * 200000",
        "struct.pack('<I', 20) + pickle.dumps(print)[:20].ljust(20)",
    ],
)
def test_frames_of_a_reader_taken_over_are_refused(kind: str, tmp_path: Path, frame: str) -> None:
    program = f"""
import pickle, struct
for descriptor in range(3, 20):
    try:
        os.write(descriptor, {frame})
    except OSError:
        pass
os._exit(0)
"""
    assert refusal(tmp_path, program) == "reader_died"


def test_leaving_the_loop_ends_the_process(kind: str, tmp_path: Path) -> None:
    path = tmp_path / "much.csv"
    path.write_text("for number in range(5000): globals()['x' * 1000 + str(number)] = None")
    batches = sandbox.run("runpy:run_path", path)
    next(batches)
    assert len(children()) == 1  # blocked: nobody takes the rest
    batches.close()
    assert children() == []


def test_several_readers_at_once_do_not_mix(kind: str, tmp_path: Path) -> None:
    results: dict[int, dict[str, Any]] = {}

    def work(number: int) -> None:
        folder = tmp_path / str(number)
        folder.mkdir()
        results[number] = taken_over(folder, f"tell(number={number})")

    threads = [threading.Thread(target=work, args=(number,)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert results == {number: {"number": number} for number in range(4)}


def test_files_that_are_none_are_named(tmp_path: Path) -> None:
    (tmp_path / "empty.csv").touch()
    (tmp_path / "large.csv").write_text("a,b")
    os.mkfifo(tmp_path / "pipe.csv")
    for name, code in (
        ("empty.csv", "file_empty"),
        ("missing.csv", "file_unreadable"),
        ("pipe.csv", "file_unreadable"),
        (".", "file_unreadable"),
        ("large.csv", "file_too_large"),
    ):
        with pytest.raises(GeoplanError) as caught:
            list(sandbox.run("runpy:run_path", tmp_path / name, limits=Limits(input_bytes=2)))
        assert caught.value.code == code


def test_a_hostile_name_is_only_a_name(kind: str, tmp_path: Path) -> None:
    path = tmp_path / "-x 'y\";$(touch pwned)\n.csv"
    path.write_text(TELL + "tell(here=True)")
    assert any("here" in batch for batch in sandbox.run("runpy:run_path", path))
    assert not (tmp_path / "pwned").exists()
    assert not Path("pwned").exists()
