"""Every setting stands in the table of docs/settings.md, and nothing else does."""

import re
from pathlib import Path

from weaver.config import Settings

PAGE = Path(__file__).parents[2] / "docs" / "settings.md"


def test_table_lists_the_settings_and_their_defaults() -> None:
    rows = dict(re.findall(r"^\| `(\w+)` \| `([^`]*)` \|", PAGE.read_text(), flags=re.MULTILINE))
    prefix = Settings.model_config["env_prefix"]
    assert rows == {f"{prefix}{name}".upper(): str(field.default) for name, field in Settings.model_fields.items()}


def test_home_is_read_from_the_environment(monkeypatch, tmp_path) -> None:
    monkeypatch.setenv("WEAVER_HOME", str(tmp_path / "elsewhere"))
    settings = Settings()
    assert settings.bars_folder == tmp_path / "elsewhere" / "bars"
    assert settings.strategies_folder == tmp_path / "elsewhere" / "strategies"
