"""What every test gets: a home of its own, none of the user's settings, and hypothesis without a stopwatch."""

import sys
from pathlib import Path

import pytest
from hypothesis import HealthCheck
from hypothesis import settings as hypothesis_settings

from tests.environment import forget_settings
from tests.postgres import empty_postgres_url, own_postgres, postgres, postgres_url  # noqa: F401 - fixtures
from tests.shared_data import absence

forget_settings()
hypothesis_settings.register_profile(
    "weaver", deadline=None, print_blob=True, suppress_health_check=[HealthCheck.too_slow]
)
hypothesis_settings.load_profile("weaver")


@pytest.fixture(autouse=True)
def weaver_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty WEAVER_HOME, so that no test reads or writes the user's own."""
    home = tmp_path / "weaver_home"
    monkeypatch.setenv("WEAVER_HOME", str(home))
    config = sys.modules.get("weaver.config")
    if config is not None:
        config.settings.cache_clear()
    return home


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Say so where real prices from the shared folder were not there to test on."""
    told = absence()
    if told is not None:
        terminalreporter.write_line(told)
