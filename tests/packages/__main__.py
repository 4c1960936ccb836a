"""Build the wheel and the sdist into dist/, and try them in empty environments: `python -m tests.packages`.

Each Python of this machine gets the wheel and types the README's commands; the oldest gets the sdist, too, types a
strategy for mypy, and starts Weaver by uvx and pipx. Ends with 1 where something does not work.
"""

import shutil
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

from tests.packages.environments import UV, WANTED, Environment, python
from tests.packages.readme import Step, steps
from tests.shared_data import REPOSITORY, SAMPLES

DIST, PLACE = REPOSITORY / "dist", REPOSITORY / "build" / "packages"
SERVER_SECONDS = 60.0


def main() -> int:
    wheel, sdist = built()
    failures: list[str] = []
    found = {version: python(version) for version in WANTED}
    for version, interpreter in found.items():
        if interpreter is None:
            print(f"Python {version}: not on this machine, so not tried")
            continue
        environment = Environment.empty(PLACE / version, interpreter)
        failures += tried(f"wheel on Python {version}", lambda env=environment: with_wheel(env, wheel))
    oldest = next(path for path in found.values() if path is not None)
    for what, attempt in {
        "sdist": lambda: with_sdist(Environment.empty(PLACE / "sdist", oldest), sdist),
        "types": lambda: with_types(Environment.empty(PLACE / "types", oldest), wheel),
        "uvx and pipx": lambda: without_installing(Environment.empty(PLACE / "none", oldest), wheel),
    }.items():
        failures += tried(what, attempt)
    return 1 if failures else 0


def built() -> tuple[Path, Path]:
    """Both, anew."""
    shutil.rmtree(DIST, ignore_errors=True)
    subprocess.run([Path(sys.executable).with_name("hatchling"), "build", "-d", DIST], cwd=REPOSITORY, check=True)
    [wheel], [sdist] = DIST.glob("*.whl"), DIST.glob("*.tar.gz")
    return wheel, sdist


def tried(what: str, attempt: Callable[[], int]) -> list[str]:
    """Say how it went; what failed."""
    begun = time.perf_counter()
    try:
        count = attempt()
    except (AssertionError, subprocess.SubprocessError) as error:
        print(f"{what}: FAILED: {error}", flush=True)
        return [what]
    print(f"{what}: {count} commands, {time.perf_counter() - begun:.0f} s", flush=True)
    return []


def with_wheel(environment: Environment, wheel: Path) -> int:
    """Everything that the README shows, with the extra that its program says it needs."""
    environment.install(f"{wheel}[pandas]")
    for name in ("AAPL_1d.csv", "AAPL_actions.csv"):
        shutil.copy(SAMPLES / name, environment.work)
    return followed(environment, steps())


def followed(environment: Environment, page: list[Step]) -> int:
    """Type a page's steps; a server that they start is ended at last."""
    server = None
    try:
        for step in page:
            if step.program:
                _program(environment, step.program)
            elif not step.is_server:
                _works(environment, step.command)
                if server is not None and step.command == "weaver down":
                    server.wait(timeout=SERVER_SECONDS)
            elif server is None or server.poll() is not None:
                server = subprocess.Popen(
                    step.command.split(), cwd=environment.work, env=environment.variables,
                    stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
                )  # fmt: skip
                _wait_for_server(environment)
    finally:
        if server is not None and server.poll() is None:
            server.terminate()
            server.wait(timeout=SERVER_SECONDS)
    return len(page)


def _program(environment: Environment, text: str) -> None:
    """A strategy is saved as the README says; another program is run."""
    is_strategy = "(Strategy)" in text
    path = environment.work / ("crossover.py" if is_strategy else "use.py")
    path.write_text(text, encoding="utf-8")
    _works(environment, f"weaver strategies check {path.name}" if is_strategy else f"python {path.name}")


def _works(environment: Environment, command: str) -> str:
    done = environment.run(command)
    is_cut_off = command.startswith("curl -sN") and done.returncode == 28  # an endless stream, until its time is up
    assert done.returncode == 0 or is_cut_off, f"{command}: {done.stderr or done.stdout}"
    return done.stdout


def _wait_for_server(environment: Environment) -> None:
    end = time.perf_counter() + SERVER_SECONDS
    while environment.run("curl -sf localhost:8420/api/v1/runs").returncode:
        assert time.perf_counter() < end, "the server does not answer"


def with_sdist(environment: Environment, sdist: Path) -> int:
    """It is built into a wheel with what the index has, and has the sample data and the web app."""
    environment.install(str(sdist))
    _works(environment, "weaver demo")
    _works(environment, "python -c \"import weaver; from pathlib import Path; "
                        "assert (Path(weaver.__file__).parent / 'web' / 'index.html').is_file()\"")  # fmt: skip
    return 2


def with_types(environment: Environment, wheel: Path) -> int:
    """mypy --strict reads the installed package's types, and has nothing to say of a typed strategy."""
    environment.install(str(wheel), "mypy")
    shutil.copy(Path(__file__).with_name("typed_strategy.py"), environment.work)
    _works(environment, "python -m mypy --strict typed_strategy.py")
    return 1


def without_installing(environment: Environment, wheel: Path) -> int:
    """Weaver is started from a wheel, and nothing of it stays."""
    commands = [
        f"{UV} tool run --from {wheel} weaver --version",
        f"{UV} tool run --from {wheel} weaver strategies list",
        f"{UV} tool run pipx run --spec {wheel} weaver --version",
    ]
    for command in commands:
        _works(environment, command.replace(UV, str(Path(UV).resolve()), 1))
    return len(commands)


if __name__ == "__main__":
    sys.exit(main())
