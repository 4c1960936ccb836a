"""Settings from the environment, read by the roots and the command line only."""

from functools import lru_cache
from pathlib import Path

from pydantic_settings import BaseSettings, SettingsConfigDict


class Settings(BaseSettings):
    """What the environment says; each field is documented in docs/settings.md."""

    model_config = SettingsConfigDict(env_prefix="WEAVER_", extra="ignore")

    home: Path = Path("~/.weaver")

    @property
    def bars_folder(self) -> Path:
        """Where the bar store lives."""
        return self.home.expanduser() / "bars"

    @property
    def reports_folder(self) -> Path:
        """Where `weaver demo` writes its report."""
        return self.home.expanduser() / "reports"

    @property
    def strategies_folder(self) -> Path:
        """Where a user's own strategies live."""
        return self.home.expanduser() / "strategies"


@lru_cache(maxsize=1)
def settings() -> Settings:
    """The process's settings, read once."""
    return Settings()
