"""What is printed with `--json`."""

import pytest

from weaver.cli.screen.json_answer import show_json


def test_json_is_as_it_came(capsys: pytest.CaptureFixture[str]) -> None:
    show_json({"b": [1], "a": "ö"})
    assert capsys.readouterr().out == '{\n  "b": [\n    1\n  ],\n  "a": "\\u00f6"\n}\n'
