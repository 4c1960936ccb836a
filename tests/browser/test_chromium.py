"""The tests find their browser, or say what to install: they are never skipped."""

from pathlib import Path

import pytest

from tests.browser import chromium


def test_browser_on_the_path_is_taken(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    there = tmp_path / "google-chrome"
    there.write_text("")
    there.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path))
    assert chromium.executable() == str(there)


def test_without_a_browser_the_tests_fail_and_say_what_to_install(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setattr(chromium, "ELSEWHERE", ())
    with pytest.raises(AssertionError, match="apt-get install chromium"):
        chromium.executable()
