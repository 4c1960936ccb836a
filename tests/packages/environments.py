"""Pythons of this machine, and empty environments with one of them."""

import os
import shutil
import socket
import subprocess
from dataclasses import dataclass
from pathlib import Path

UV = shutil.which("uv", path=".venv/bin") or "uv"
WANTED = ("3.11", "3.12", "3.13")
BESIDE = (".pyenv/versions/{version}.*/bin/python3", ".local/share/uv/python/cpython-{version}.*/bin/python3")
"""Below the home folder: where Pythons stand that are not on the path."""


def python(version: str) -> Path | None:
    """One of this machine that starts and is of a version, if there is one."""
    folders = os.environ.get("PATH", "").split(os.pathsep)
    named = [Path(folder) / f"python{version}" for folder in folders]
    beside = [path for pattern in BESIDE for path in sorted(Path.home().glob(pattern.format(version=version)))]
    return next((path for path in [*named, *beside] if path.is_file() and _is(path, version)), None)


def _is(path: Path, version: str) -> bool:
    code = "import sys; print('%d.%d' % sys.version_info[:2])"
    done = subprocess.run([path, "-I", "-c", code], capture_output=True, text=True, check=False)
    return done.stdout.strip() == version


def _free_port() -> str:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return str(one.getsockname()[1])


@dataclass(frozen=True, slots=True, kw_only=True)
class Environment:
    """Installed packages in a folder, a home of Weaver's, and a folder to work in."""

    folder: Path
    work: Path
    variables: dict[str, str]

    @classmethod
    def empty(cls, folder: Path, interpreter: Path) -> "Environment":
        """One with nothing but Python."""
        shutil.rmtree(folder, ignore_errors=True)
        subprocess.run([UV, "venv", "--quiet", "--python", interpreter, folder / "env"], check=True)
        work = folder / "work"
        work.mkdir()
        inherited = {key: value for key, value in os.environ.items() if not key.startswith(("PYTHON", "VIRTUAL_ENV"))}
        path = f"{folder / 'env' / 'bin'}{os.pathsep}{os.environ.get('PATH', '')}"
        home = {"WEAVER_HOME": str(folder / "home"), "SERVER_PORT": _free_port(), "PATH": path, "COLUMNS": "150"}
        return cls(folder=folder, work=work, variables=inherited | home)

    @property
    def interpreter(self) -> Path:
        return self.folder / "env" / "bin" / "python"

    def install(self, *what: str) -> None:
        """Packages, files among them, with what they need. Raises CalledProcessError."""
        subprocess.run([UV, "pip", "install", "--quiet", "--python", self.interpreter, *what], check=True)

    def run(self, command: str) -> "subprocess.CompletedProcess[str]":
        """A command line, in the folder to work in; its server is at a port that nobody else has."""
        line = command.replace("localhost:8420", f"localhost:{self.variables['SERVER_PORT']}")
        return subprocess.run(
            line, shell=True, cwd=self.work, env=self.variables, capture_output=True, text=True, check=False,
            stdin=subprocess.DEVNULL, timeout=300,
        )  # fmt: skip
