"""What sweeps are asked for on the command line."""

import pytest

from weaver.cli.sweeps.asked import _strategy_of, space_given
from weaver.model.errors import InputError


def test_a_name_alone_stands_for_its_own_bounds() -> None:
    assert space_given(["fast", "slow=5:10"]) == {"fast": None, "slow": "5:10"}
    assert space_given(None) is None
    with pytest.raises(InputError, match="given twice"):
        space_given(["fast", "fast"])


def test_a_strategy_that_cannot_be_loaded_is_bad_input(tmp_path) -> None:  # type: ignore[no-untyped-def]
    (tmp_path / "mine.py").write_text("class Mine:\n    pass\n")
    with pytest.raises(InputError, match="no class in it derives from Strategy"):
        _strategy_of(str(tmp_path / "mine.py"))
