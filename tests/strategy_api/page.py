"""The page's text."""

import re
from collections.abc import Callable, Iterator
from typing import Any

from tests.strategy_api.examples import EXAMPLES
from tests.strategy_api.members import Member, signature, text_of
from tests.strategy_api.surface import PARTS, Part, Shown

HEAD = """\
# The strategy API

<!-- made by `make docs-api` from docstrings and tests/strategy_api/examples.md: change those, not this page -->

Everything that a strategy and a notebook can use, each with an example that is run by a test. Quantities, prices and
money are decimals that [mix with floats](decisions/0014-amounts-mix-with-floats.md) (`Amount`); prices of bars and
values of series are float64; times are aware, in UTC. Attributes that are not on this page are the engines' own, and
may change. [How a strategy runs](architecture/marvin.md) · [How orders fill](architecture/greta.md) ·
[The tutorial](tutorial.md)
"""


def page() -> str:
    """All of it."""
    return HEAD + "".join(f"\n{line}\n" for part in PARTS for line in _part(part))


def _part(part: Part) -> Iterator[str]:
    yield f"## {part.title}"
    if part.text:
        yield part.text
    yield from (_function(function) for function in part.functions)
    if part.title == "Running a backtest":
        yield f"### Field\n\nDeclares a parameter, with a default and bounds.\n\n{_examples('Field')}"
    for one in part.classes:
        yield _class(one)


def _function(function: Callable[..., Any]) -> str:
    text = _laid_out(text_of(function))
    name = function.__name__
    return f"### {name}\n\n```text\n{_folded(signature(function))}\n```\n\n{text}\n\n{_examples(name)}"


def _class(one: Shown) -> str:
    found = one.members
    blocks = [f"### {one.title}", *filter(None, [_laid_out(text_of(one.cls)), one.more])]
    if one.has_sections:
        return "\n\n".join([*blocks, _examples(one.name), *(_section(one, member) for member in found.values())])
    blocks.append(_table(one, found))
    return "\n\n".join([*blocks, _examples(one.name)])


def _section(one: Shown, member: Member) -> str:
    kind = member.kind if member.is_method else f"{one.called}.{member.name}: {member.kind}"
    called = _folded(f"{one.called}.{kind}" if member.is_method and not member.name.startswith("on_") else kind)
    called = re.sub(r": Unpack\[\w+\]", "", called)
    name = f"{one.name}.{member.name}"
    more = "\n\nThe keywords: [What orders take](#what-orders-take)." if "**" in called else ""
    return f"#### {member.name}\n\n```text\n{called}\n```\n\n{_laid_out(member.text)}{more}\n\n{_examples(name)}"


def _table(one: Shown, found: dict[str, Member]) -> str:
    dot = f"{one.called}." if one.called and " " not in one.called else ""
    rows = ["| name | type | what it is |", "|---|---|---|"]
    for member in found.values():
        name = f"{dot}{member.kind}" if member.is_method else f"{dot}{member.name}"
        name, _, returns = name.partition(" -> ") if member.is_method else (name, "", member.kind)
        cells = [f"`{name}`", f"`{returns}`" if returns else "", " ".join(member.text.split())]
        rows.append("| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |")
    return "\n".join(rows)


def _examples(name: str) -> str:
    return "\n\n".join(f"```python\n{block.strip()}\n```" for block in EXAMPLES.get(name, []))


def _folded(called: str) -> str:
    """A long signature over several lines, an argument each."""
    if len(called) <= 100:
        return called
    head, _, rest = called.partition("(")
    given, _, returns = rest.rpartition(")")
    return f"{head}(\n    " + ",\n    ".join(_split(given)) + f",\n){returns}"


def _split(given: str) -> list[str]:
    """Arguments, not split within brackets."""
    found, depth = [""], 0
    for letter in given:
        depth += (letter in "[(") - (letter in "])")
        if letter == "," and not depth:
            found.append("")
        else:
            found[-1] += letter
    return [one.strip() for one in found]


def _laid_out(text: str) -> str:
    """A docstring as Markdown: its list of arguments is one."""
    head, found, arguments = text.partition("\n\nArgs:\n")
    if not found:
        return text
    listed, _, rest = arguments.partition("\n\n")
    items = re.sub(r"\n {8,}", " ", listed)
    return head + "\n\n" + re.sub(r"^ {4}(\w+): ", r"- `\1`: ", items, flags=re.MULTILINE) + f"\n\n{rest}"
