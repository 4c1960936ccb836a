"""Venues are listed from their source, made when they are wanted, and a bad file disturbs no other."""

import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest

from weaver.model.errors import InputError, NotFound
from weaver.model.run import RunMode
from weaver.veda.adapters.catalogue import AdapterCatalogue
from weaver.veda.exchange.setup import Setup

MINE = '''
from weaver.veda.exchange.port import ExchangeAdapter

class Mine(ExchangeAdapter):
    """A venue of my own."""

    name = "mine"
    title = "My venue"
    modes = ("paper",)
    features = ("orders",)
    settings = ("MY_KEY",)

    def __init__(self, setup):
        self.setup = setup
'''


class StoppedWall:
    def now(self) -> datetime:
        return datetime(2024, 1, 2, tzinfo=UTC)

    async def sleep(self, seconds: float) -> None:
        raise AssertionError("nothing waits here")


def setup(mode: RunMode = RunMode.PAPER) -> Setup:
    return Setup(mode=mode, wall=StoppedWall(), chance=lambda: 0.5, settings={"MY_KEY": "very-secret"})


def test_alpaca_is_listed_with_what_it_says_of_itself() -> None:
    entry = AdapterCatalogue().get("alpaca")
    assert (entry.title, entry.modes, entry.asset_classes) == ("Alpaca", ("paper", "live"), ("stock", "crypto"))
    assert {"bracket", "trailing_stop", "history"} <= set(entry.features)
    assert "ALPACA_PAPER_API_KEY" in entry.settings
    assert entry.description
    assert entry.built_in


def test_listing_and_making_alpaca_load_no_sdk() -> None:
    code = (
        "import sys; from weaver.veda.adapters.catalogue import AdapterCatalogue as C\n"
        "from tests.unit.veda.adapters.test_catalogue import setup\n"
        "C().entries(); C().make('alpaca', setup())\n"
        "print(sorted(name for name in sys.modules if name.split('.')[0] in {'alpaca', 'pandas', 'requests'}))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_users_adapter_is_listed_without_running_it_and_made(tmp_path: Path) -> None:
    (tmp_path / "mine.py").write_text(MINE)
    (tmp_path / "loud.py").write_text("raise SystemExit('listing must not run this')\n" + MINE.replace("mine", "loud"))
    catalogue = AdapterCatalogue(tmp_path)
    assert [entry.id for entry in catalogue.entries() if not entry.built_in] == ["loud", "mine"]
    made = catalogue.make("mine", setup())
    assert made.name == "mine"


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("class (", "cannot be read"),
        ("x = 1", "no class in it derives from ExchangeAdapter"),
        (MINE.replace('modes = ("paper",)', "modes = some()"), "class Mine must say its modes"),
        (MINE.replace('"mine"', '"alpaca"'), "alpaca is the id of"),
    ],
)
def test_broken_file_is_listed_with_its_error_and_disturbs_no_other(tmp_path: Path, text: str, told: str) -> None:
    (tmp_path / "broken.py").write_text(text)
    (tmp_path / "whole.py").write_text(MINE)
    catalogue = AdapterCatalogue(tmp_path)
    errors = [entry.error for entry in catalogue.entries() if entry.error is not None]
    assert len(errors) == 1
    assert told in errors[0]
    assert catalogue.get("alpaca").built_in
    assert catalogue.get("mine").path.name == "whole.py"


def test_broken_adapter_is_not_made(tmp_path: Path) -> None:
    (tmp_path / "broken.py").write_text("class (")
    with pytest.raises(InputError, match="venue 'broken' cannot be used"):
        AdapterCatalogue(tmp_path).make("broken", setup())


def test_adapter_whose_module_fails_says_so(tmp_path: Path) -> None:
    (tmp_path / "mine.py").write_text(MINE + "\n1 / 0\n")
    with pytest.raises(InputError, match=r"mine\.py cannot be loaded: ZeroDivisionError"):
        AdapterCatalogue(tmp_path).make("mine", setup())


def test_unknown_venue_names_near_ones() -> None:
    with pytest.raises(NotFound, match="there is no venue 'alpacca'; there is alpaca"):
        AdapterCatalogue().get("alpacca")


def test_mode_that_an_adapter_lacks_is_refused(tmp_path: Path) -> None:
    (tmp_path / "mine.py").write_text(MINE)
    with pytest.raises(InputError, match="venue mine has no live mode, only paper"):
        AdapterCatalogue(tmp_path).make("mine", setup(RunMode.LIVE))


def test_adapter_that_requires_a_package_names_the_extra(tmp_path: Path) -> None:
    (tmp_path / "mine.py").write_text(MINE.replace('title = "My venue"', 'requires = "no_such_package"'))
    with pytest.raises(InputError, match=r"pip install 'weaver\[no_such_package\]'"):
        AdapterCatalogue(tmp_path).make("mine", setup())


def test_setup_shows_no_secret() -> None:
    assert "very-secret" not in repr(setup())
