"""The web app cannot drift from the server: what is renamed there does not build here."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.shared_data import REPOSITORY

HARO = REPOSITORY / "haro"
RENAMED = {
    "events/payloads/run.py": ('type = "run.Halted"', 'type = "run.Paused"'),
    "glados/schemas/runs/runs.py": ("    halted: str | None", "    paused: str | None"),
}
"""An event, and a field of a response."""


def test_description_and_types_are_the_ones_that_the_server_gives(tmp_path: Path) -> None:
    written = described(REPOSITORY / "src", tmp_path / "openapi.json")
    assert written.read_bytes() == (HARO / "openapi.json").read_bytes(), "run make ui, and commit what it wrote"


def test_renamed_event_and_field_do_not_build(tmp_path: Path) -> None:
    app = copy_of_the_app(tmp_path / "haro")
    described(renamed(tmp_path / "src"), app / "openapi.json")
    assert run(app, "npm", "run", "types").returncode == 0
    built = run(app, "npm", "run", "build")
    assert built.returncode != 0
    assert re.search(r"live/table\.ts\(.*'\"run\.Halted\"' does not exist", built.stdout), built.stdout
    assert re.search(r"Property 'halted' does not exist", built.stdout), built.stdout


def described(source: Path, written: Path) -> Path:
    """What a server of these sources says of itself."""
    command = [sys.executable, REPOSITORY / "scripts" / "write_openapi.py", written]
    subprocess.run(command, env={**os.environ, "PYTHONPATH": str(source)}, check=True, timeout=120)
    return written


def renamed(source: Path) -> Path:
    """The package under other names."""
    shutil.copytree(
        REPOSITORY / "src", source, ignore=shutil.ignore_patterns("__pycache__", "web", "*.egg-info"), symlinks=True
    )
    for name, (before, after) in RENAMED.items():
        file = source / "weaver" / name
        assert before in file.read_text()
        file.write_text(file.read_text().replace(before, after))
    return source


def copy_of_the_app(folder: Path) -> Path:
    """The app with its tools, which it borrows."""
    if not (HARO / "node_modules").is_dir():
        pytest.fail("The web app's tools are not installed: run make ui.")
    shutil.copytree(HARO, folder, ignore=shutil.ignore_patterns("node_modules"))
    (folder / "node_modules").symlink_to(HARO / "node_modules")
    return folder


def run(app: Path, *command: str) -> subprocess.CompletedProcess[str]:
    """With the Node that make brings where there is no other."""
    path = f"{Path(sys.prefix) / 'bin'}{os.pathsep}{os.environ['PATH']}"
    environment = {**os.environ, "PATH": path}
    return subprocess.run(command, cwd=app, env=environment, capture_output=True, text=True, timeout=280, check=False)
