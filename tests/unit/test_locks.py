"""The locks hold everything that they install, and install what they hold whatever the index has meanwhile."""

import base64
import hashlib
import json
import os
import re
import subprocess
import sys
import tomllib
import zipfile
from collections.abc import Iterable
from importlib.metadata import distributions
from itertools import chain
from pathlib import Path

import pytest
from packaging.markers import Marker, default_environment
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).parents[2]
RUNTIME, DEV, NODE, DOCS = (ROOT / "locks" / f"{name}.lock" for name in ("runtime", "dev", "node", "docs"))
PEERS = ROOT / "tests" / "benchmarks" / "peers.lock"
NAUTILUS = ROOT / "tests" / "benchmarks" / "nautilus.lock"
LOCKS = [RUNTIME, DEV, NODE, DOCS, PEERS, NAUTILUS]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())
REQUIREMENTS: dict[str, list[str]] = json.loads((ROOT / "locks" / "requirements.json").read_text())
NEWER = "99999.1"
"""A release that no lock knows."""

Pins = dict[str, str]
"""Version by name."""


def entries(lock: Path) -> list[tuple[str, str, str | None]]:
    """Name, version and marker of each line; a universal lock may pin a version per Python."""
    found = re.findall(r"^([A-Za-z0-9._-]+)==([^\s;\\]+)(?: ; ([^\\\n]+?))? \\$", lock.read_text(), re.MULTILINE)
    return [(canonicalize_name(name), version, marker or None) for name, version, marker in found]


def pins(lock: Path) -> dict[str, set[str]]:
    versions: dict[str, set[str]] = {}
    for name, version, _ in entries(lock):
        versions.setdefault(name, set()).add(version)
    return versions


def installed_for(lock: Path, environment: dict[str, str]) -> Pins:
    return {
        name: version for name, version, marker in entries(lock) if not marker or Marker(marker).evaluate(environment)
    }


def names(requirements: Iterable[str]) -> set[str]:
    return {canonicalize_name(Requirement(requirement).name) for requirement in requirements}


def unmet(wanted: Iterable[str], held: Pins, environment: dict[str, str]) -> list[str]:
    """What is required, with the extras that are asked for, and not among the versions held."""
    missing, queue, seen = [], [("the project", text, "") for text in wanted], set()
    while queue:
        by, text, extra = queue.pop()
        requirement = Requirement(text)
        if requirement.marker and not requirement.marker.evaluate({**environment, "extra": extra}):
            continue
        name = canonicalize_name(requirement.name)
        if name not in held or not requirement.specifier.contains(held[name], prereleases=True):
            missing.append(f"{by} requires {text}, held is {held.get(name)}")
            continue
        for asked in ["", *requirement.extras]:
            if (name, asked) not in seen:
                seen.add((name, asked))
                queue += [(name, further, asked) for further in REQUIREMENTS[f"{name}=={held[name]}"]]
    return missing


def environment_of(python: str, machine: str) -> dict[str, str]:
    there = {"python_version": python, "python_full_version": f"{python}.4", "platform_machine": machine}
    return {**default_environment(), **there, "sys_platform": "linux", "platform_system": "Linux", "os_name": "posix"}


@pytest.mark.parametrize("lock", LOCKS, ids=lambda path: path.name)
def test_lock_pins_every_package_with_a_hash_and_names_no_address(lock: Path) -> None:
    text = lock.read_text()
    blocks = [block for block in re.split(r"\n(?=\S)", text) if not block.startswith("#")]
    assert len(blocks) > 1
    assert len(entries(lock)) == len(blocks)
    assert [block for block in blocks if "==" not in block or "--hash=sha256:" not in block] == []
    assert "://" not in text
    assert not re.search(r"^\s*--(?!hash=)", text, re.MULTILINE)


@pytest.mark.parametrize("machine", ["x86_64", "aarch64"])
@pytest.mark.parametrize("python", ["3.11", "3.12", "3.13"])
@pytest.mark.parametrize("lock", LOCKS, ids=lambda path: path.name)
def test_every_requirement_of_what_a_lock_holds_is_in_the_lock(lock: Path, python: str, machine: str) -> None:
    environment = environment_of(python, machine)
    held = installed_for(lock, environment)
    assert unmet([f"{name}=={version}" for name, version in held.items()], held, environment) == []


def test_what_the_project_itself_asks_for_is_held_with_its_extras() -> None:
    environment = environment_of("3.11", "x86_64")
    extras = PROJECT["project"]["optional-dependencies"]
    runtime = [*PROJECT["project"]["dependencies"], *extras["pandas"], *extras["alpaca"], *extras["notebook"]]
    assert (
        unmet([*runtime, *PROJECT["build-system"]["requires"]], installed_for(RUNTIME, environment), environment) == []
    )
    groups = dict(PROJECT["dependency-groups"])
    assert unmet(groups.pop("web"), installed_for(NODE, environment), environment) == []
    assert unmet(groups.pop("docs"), installed_for(DOCS, environment), environment) == []
    wanted = [requirement for requirement in chain.from_iterable(groups.values()) if isinstance(requirement, str)]
    assert unmet(wanted, installed_for(DEV, environment), environment) == []


def test_a_requirement_that_a_lock_does_not_hold_is_found() -> None:
    environment = environment_of("3.11", "x86_64")
    held = installed_for(DEV, environment)
    assert unmet(["pytest-cov"], {**held, "coverage": "0.1"}, environment) == [
        f"pytest-cov requires {text}, held is 0.1"
        for text in REQUIREMENTS[f"pytest-cov=={held['pytest-cov']}"]
        if "coverage" in text
    ]
    without = {name: version for name, version in held.items() if name != "greenlet"}
    assert unmet(["sqlalchemy[asyncio]"], without, environment) != []


def test_requirements_on_record_are_those_of_the_distributions_installed_here() -> None:
    compared, different = 0, []
    versions = pins(DEV)
    for distribution in distributions():
        name, version = canonicalize_name(distribution.metadata["Name"]), distribution.version
        if version in versions.get(name, ()):
            compared += 1
            if sorted(distribution.requires or []) != sorted(REQUIREMENTS[f"{name}=={version}"]):
                different.append(name)
    assert different == []
    assert compared > 80


def test_every_locked_distribution_is_on_record_and_no_other() -> None:
    locked = {f"{name}=={version}" for lock in LOCKS for name, version, _ in entries(lock)}
    assert set(REQUIREMENTS) == locked


def test_dev_lock_has_the_runtime_locks_versions() -> None:
    runtime, dev = pins(RUNTIME), pins(DEV)
    assert {name: dev.get(name) for name in runtime} == runtime


def wheel(folder: Path, name: str, version: str, requires: Iterable[str]) -> str:
    """The sha256 of a wheel of that name that holds nothing but its metadata."""
    stem, module = f"{name.replace('-', '_')}-{version}", f"_{name.replace('-', '_')}_locked.py"
    metadata = "".join(
        [
            f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n",
            *(f"Requires-Dist: {text}\n" for text in requires),
        ]
    )
    extras = {extra for text in requires for extra in re.findall(r"extra == ['\"]([\w.-]+)", text)}
    files = {
        module: f"VERSION = {version!r}\n",
        f"{stem}.dist-info/METADATA": metadata + "".join(f"Provides-Extra: {extra}\n" for extra in sorted(extras)),
        f"{stem}.dist-info/WHEEL": "Wheel-Version: 1.0\nGenerator: test\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
    }
    record = "".join(f"{path},sha256={_digest(text)},{len(text)}\n" for path, text in files.items())
    path = folder / f"{stem}-py3-none-any.whl"
    with zipfile.ZipFile(path, "w") as archive:
        for file, text in {**files, f"{stem}.dist-info/RECORD": record + f"{stem}.dist-info/RECORD,,\n"}.items():
            archive.writestr(zipfile.ZipInfo(file, (2026, 1, 1, 0, 0, 0)), text)
    return hashlib.sha256(path.read_bytes()).hexdigest()


def _digest(text: str) -> str:
    return base64.urlsafe_b64encode(hashlib.sha256(text.encode()).digest()).rstrip(b"=").decode()


@pytest.fixture(scope="module")
def index(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An index with what the locks for users and developers name, and a newer release of each of them.

    The wheels are empty but for their metadata, which is the real ones'; locks with their hashes lie beside them.
    """
    folder = tmp_path_factory.mktemp("index")
    held = installed_for(DEV, {key: str(value) for key, value in default_environment().items()})
    hashes = {name: wheel(folder, name, version, REQUIREMENTS[f"{name}=={version}"]) for name, version in held.items()}
    for name, version in held.items():
        wheel(folder, name, NEWER, REQUIREMENTS[f"{name}=={version}"])
    for lock in (RUNTIME, DEV):
        lines = [
            f"{name}=={version} --hash=sha256:{hashes[name]}\n"
            for name, version, _ in entries(lock)
            if held.get(name) == version
        ]
        (folder / lock.name).write_text("".join(lines))
    return folder


def test_locks_install_as_they_stand_from_an_index_with_newer_releases_of_everything(
    index: Path, tmp_path: Path
) -> None:
    """With the Makefile's own recipe, and the pip that a new environment comes with."""
    subprocess.run([sys.executable, "-m", "venv", tmp_path / "fresh"], check=True)
    python = tmp_path / "fresh" / "bin" / "python"
    calls = "".join(f"\t$(call locked,{python},{index / lock.name})\n" for lock in (RUNTIME, DEV))
    (tmp_path / "Makefile").write_text(f"include {ROOT / 'Makefile'}\ntry-locks:\n{calls}")
    settings = {"PIP_CONFIG_FILE": os.devnull, "PIP_NO_INDEX": "1", "PIP_FIND_LINKS": str(index)}
    kept = {key: value for key, value in os.environ.items() if not key.startswith(("PIP_", "MAKE", "MFLAGS"))}
    command = ["make", "-C", str(ROOT), "-f", str(tmp_path / "Makefile"), "try-locks"]
    made = subprocess.run(command, env=kept | settings, capture_output=True, text=True, check=False)
    assert made.returncode == 0, made.stdout + made.stderr
    site = next((tmp_path / "fresh" / "lib").glob("python3*/site-packages"))
    installed = {canonicalize_name(each.metadata["Name"]): each.version for each in distributions(path=[str(site)])}
    wanted = dict(re.findall(r"^(\S+?)==(\S+)", (index / DEV.name).read_text(), re.MULTILINE))
    assert {name: version for name, version in installed.items() if name in wanted} == wanted
    assert len(wanted) > 80
