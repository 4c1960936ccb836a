"""Names of classes that stand for two things."""

import ast
from collections import defaultdict

from tests.house.source import Module

PORTS = ("ports", "port")
"""Modules whose protocols may be called as the class that fulfils them."""


def doubled(house: dict[str, Module]) -> dict[str, list[str]]:
    """Name to the modules that define a class of it, where these are several. A protocol of a port counts as what
    fulfils it."""
    places: dict[str, list[str]] = defaultdict(list)
    for module in house.values():
        for node in module.tree.body:
            if isinstance(node, ast.ClassDef) and not (module.path.stem in PORTS and _is_protocol(node)):
                places[node.name].append(module.name)
    return {name: found for name, found in sorted(places.items()) if len(found) > 1}


def _is_protocol(node: ast.ClassDef) -> bool:
    return any(ast.unparse(base).startswith("Protocol") for base in node.bases)
