"""The commands and programs of the README, as they are typed where Weaver is installed and nothing else is."""

import re
from dataclasses import dataclass

from tests.shared_data import REPOSITORY

README = (REPOSITORY / "README.md").read_text(encoding="utf-8")
OF_A_CHECKOUT = ("make test", "make install")
"""What only those can type who have the sources."""
STARTS = {"make up": "weaver up --no-open", "make demo": "weaver demo"}
"""What a target of make comes to."""
OWN = ".venv/bin/weaver "
STREAM = "curl -sN"


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """A command, or a program to save under a name (or to run, where it has none)."""

    command: str = ""
    program: str = ""
    is_server: bool = False
    """It goes on until it is ended."""


def steps() -> list[Step]:
    """In the order of the page."""
    found: list[Step] = []
    for language, block in re.findall(r"^```(\w*)\n(.*?)^```", _without_samples(README), re.DOTALL | re.MULTILINE):
        found += [Step(program=block)] if language == "python" else [_step(line) for line in _lines(block)]
    return [step for step in found if step.command not in OF_A_CHECKOUT]


def _without_samples(text: str) -> str:
    return re.sub(r"<!-- sample .*?<!-- /sample -->", "", text, flags=re.DOTALL)


def _lines(block: str) -> list[str]:
    """Commands, without their comments; a line that ends in a backslash goes on in the next."""
    joined = re.sub(r"\\\n\s*", "", block)
    return [re.sub(r"\s+#.*", "", line).strip() for line in joined.splitlines() if line.strip()]


def _step(line: str) -> Step:
    command = STARTS.get(line, line)
    if command.startswith(OWN):
        command = "weaver " + command.removeprefix(OWN)
    if command.startswith(STREAM):
        command = command.replace(STREAM, f"{STREAM} --max-time 2", 1)
    return Step(command=command, is_server=command.startswith("weaver up"))
