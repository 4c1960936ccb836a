"""The house rules that no other tool checks."""

import re
import tomllib
from itertools import chain
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).parents[2]
LOCKS = [
    ROOT / "locks" / "runtime.lock",
    ROOT / "locks" / "dev.lock",
    ROOT / "tests" / "benchmarks" / "peers.lock",
    ROOT / "tests" / "benchmarks" / "nautilus.lock",
]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())
PAGES = [*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md"), *(ROOT / "data").rglob("*.md")]


def pins(lock: Path) -> dict[str, set[str]]:
    """Versions by name; a universal lock may pin one per Python version."""
    found: dict[str, set[str]] = {}
    for name, version in re.findall(r"^([A-Za-z0-9._-]+)==(\S+)", lock.read_text(), re.MULTILINE):
        found.setdefault(canonicalize_name(name), set()).add(version)
    return found


def names(requirements: list[str]) -> set[str]:
    return {canonicalize_name(Requirement(requirement).name) for requirement in requirements}


@pytest.mark.parametrize("lock", LOCKS, ids=lambda path: path.name)
def test_lock_pins_every_package_with_a_hash_and_names_no_address(lock: Path) -> None:
    text = lock.read_text()
    entries = [entry for entry in re.split(r"\n(?=\S)", text) if not entry.startswith("#")]
    assert len(entries) > 5
    assert [entry for entry in entries if "==" not in entry or "--hash=sha256:" not in entry] == []
    assert "://" not in text
    assert not re.search(r"^\s*--(?!hash=)", text, re.MULTILINE)


def test_runtime_lock_holds_every_dependency_and_the_build_backend() -> None:
    wanted = names(PROJECT["project"]["dependencies"]) | names(PROJECT["build-system"]["requires"])
    assert wanted - set(pins(LOCKS[0])) == set()


def test_dev_lock_holds_every_group() -> None:
    groups = chain.from_iterable(PROJECT["dependency-groups"].values())
    wanted = names([requirement for requirement in groups if isinstance(requirement, str)])
    assert wanted - set(pins(LOCKS[1])) == set()


def test_dev_lock_has_the_runtime_locks_versions() -> None:
    runtime, dev = pins(LOCKS[0]), pins(LOCKS[1])
    assert {name: dev.get(name) for name in runtime} == runtime


def test_every_make_target_says_what_it_does() -> None:
    makefile = (ROOT / "Makefile").read_text()
    phony = re.search(r"^\.PHONY: (.+)$", makefile, re.MULTILINE)
    assert phony is not None
    documented = re.findall(r"^([a-z]+):[^#\n]*## \S", makefile, re.MULTILINE)
    assert sorted(phony[1].split()) == sorted(documented)


def test_ci_runs_the_commands_that_the_readme_gives() -> None:
    script = (ROOT / ".ci" / "run").read_text()
    assert "make test" in script.splitlines()
    assert "make check" in script.splitlines()
    assert re.search(r"^make test\b", (ROOT / "README.md").read_text(), re.MULTILINE)


@pytest.mark.parametrize("page", PAGES, ids=lambda path: str(path.relative_to(ROOT)))
def test_links_between_pages_lead_somewhere(page: Path) -> None:
    targets = re.findall(r"\]\((?!https?://|#|mailto:)([^)#\s]+)", page.read_text())
    assert [target for target in targets if not (page.parent / target).exists()] == []


def test_readme_strategy_loads_as_printed() -> None:
    block = re.search(r"```python\n(from weaver import Field.+?)```", (ROOT / "README.md").read_text(), re.DOTALL)
    assert block is not None
    names_in_block: dict[str, object] = {}
    exec(compile(block[1], "README.md", "exec"), names_in_block)
    strategy = names_in_block["SmaCrossover"]
    assert isinstance(strategy, type)
    assert strategy.__name__ == "SmaCrossover"
