"""The schema that the source shows is the one that the loaded class has."""

from pathlib import Path

import pytest

from weaver.marvin.parameters.validation import json_schema
from weaver.marvin.plugins.catalogue import Catalogue
from weaver.marvin.plugins.loader import load
from weaver.marvin.plugins.outline_schema import params_schema

BUILT_IN = [entry.id for entry in Catalogue().entries()]
OWN = """
from decimal import Decimal
from typing import Annotated, Literal, Optional
from weaver import Field, Strategy

class Own(Strategy):
    a_number: float = Field(0.5, gt=0, lt=1, description="A share.")
    flag: bool = False
    text: str = Field("x", min_length=1, max_length=5, pattern="^x")
    amount: Decimal = Decimal(3)
    maybe: int | None = None
    also: Optional[float] = None
    both: "int | str" = 3
    many: list[int] = Field([1, 2], min_length=1, max_length=9)
    names: set[str] = {"a"}
    pick: Literal[1, 2, 3] = 2
    mixed: Literal["a", 2] = "a"
    even: Annotated[int, "note"] = Field(4, multiple_of=2)
    titled: int = Field(1, title="Something else", ge=-1, le=7)
"""


@pytest.mark.parametrize("identifier", BUILT_IN)
def test_built_in_strategies(identifier: str) -> None:
    catalogue = Catalogue()
    real = json_schema(load(identifier, catalogue).cls)
    shown = params_schema(catalogue.get(identifier))
    assert shown["properties"] == real.get("properties", {})
    assert (shown["type"], shown["additionalProperties"], shown["title"]) == ("object", False, real["title"])


def test_every_kind_of_annotation(tmp_path: Path) -> None:
    (tmp_path / "own.py").write_text(OWN)
    catalogue = Catalogue(tmp_path)
    real = json_schema(load("own", catalogue).cls)["properties"]
    shown = params_schema(catalogue.get("own"))["properties"]
    del real["amount"], real["names"]["default"], shown["names"]["default"]  # only running the file tells them
    assert shown["amount"] == {"title": "Amount", "anyOf": [{"type": "number"}, {"type": "string"}]}
    del shown["amount"]
    assert shown == real


def test_annotation_that_only_running_tells_has_no_type(tmp_path: Path) -> None:
    (tmp_path / "own.py").write_text(
        "from weaver import Strategy\nKind = int\nclass Own(Strategy):\n    a: Kind = 1\n    b: dict[str, int] = {}\n"
    )
    shown = params_schema(Catalogue(tmp_path).get("own"))["properties"]
    assert [("type" in one, "anyOf" in one) for one in shown.values()] == [(False, False)] * 2
