"""Who imports whom, and where that leads back to its start."""

import ast
from collections.abc import Iterator, Mapping

from tests.house.source import Module

Graph = dict[str, set[str]]


def imports(modules: Mapping[str, Module]) -> Graph:
    """Module to the modules it imports when it is loaded or run; what only a type checker reads is left out."""
    return {name: set(_imported(module, modules)) - {name} for name, module in modules.items()}


def between_siblings(graph: Graph, modules: Mapping[str, Module]) -> dict[str, Graph]:
    """Package to the imports between what stands in it: its files and its rooms, each room with all that is in it."""
    siblings: dict[str, Graph] = {}
    for name, imported in graph.items():
        for one in imported:
            package, own, other = _parted(name, one)
            if package in modules and own and other:
                siblings.setdefault(package, {}).setdefault(own, set()).add(other)
    return siblings


def all_circles(graph: Graph, modules: Mapping[str, Module]) -> list[list[str]]:
    """All circles between siblings, by their full names."""
    return [
        [f"{package}.{one}" for one in ring]
        for package, siblings in sorted(between_siblings(graph, modules).items())
        for ring in circles(siblings)
    ]


def circles(graph: Graph) -> list[list[str]]:
    """Groups of two or more that all lead to one another, each sorted (Tarjan)."""
    order: dict[str, int] = {}
    lowest: dict[str, int] = {}
    open_: list[str] = []
    found: list[list[str]] = []

    def visit(node: str) -> None:
        order[node] = lowest[node] = len(order)
        open_.append(node)
        for following in sorted(graph.get(node, ())):
            if following not in order:
                visit(following)
                lowest[node] = min(lowest[node], lowest[following])
            elif following in open_:
                lowest[node] = min(lowest[node], order[following])
        if lowest[node] == order[node]:
            at = open_.index(node)
            group, open_[at:] = open_[at:], []
            if len(group) > 1:
                found.append(sorted(group))

    for node in sorted(graph):
        if node not in order:
            visit(node)
    return found


def _parted(name: str, other: str) -> tuple[str, str, str]:
    """The package that both stand in, and the parts of it that they belong to ("" for its `__init__` itself)."""
    mine, theirs = name.split("."), other.split(".")
    shared = 0
    while shared < min(len(mine), len(theirs)) and mine[shared] == theirs[shared]:
        shared += 1
    return ".".join(mine[:shared]), ".".join(mine[: shared + 1][shared:]), ".".join(theirs[: shared + 1][shared:])


def _imported(module: Module, known: Mapping[str, Module]) -> Iterator[str]:
    for node in _running(module.tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names if alias.name in known)
        elif isinstance(node, ast.ImportFrom) and node.module in known and not node.level:
            for alias in node.names:
                inner = f"{node.module}.{alias.name}"
                yield inner if inner in known else node.module


def _running(node: ast.AST) -> Iterator[ast.AST]:
    """All nodes below, without those that only a type checker reads."""
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.If) and "TYPE_CHECKING" in ast.unparse(child.test):
            for other in child.orelse:
                yield from (other, *_running(other))
            continue
        yield child
        yield from _running(child)
