"""The Chromium that a machine has, for the tests and pictures of the web app; on Debian as root it is installed.

`python -m tests.browser.chromium` says where it is.
"""

import fcntl
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import Browser, sync_playwright

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
ELSEWHERE = (
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
    "/Applications/Chromium.app/Contents/MacOS/Chromium",
)
MISSING = (
    "The tests of the web app need Chromium or Chrome, and none is here. On Debian and Ubuntu: apt-get install "
    "chromium (done by itself where tests run as root); on Fedora: dnf install chromium; on macOS: brew install "
    "--cask chromium."
)
INSTALL_SECONDS = 280


def executable() -> str:
    """The path of the browser; fails with what to install where there is none."""
    found = _found() or _installed()
    assert found is not None, MISSING
    return found


@contextmanager
def chromium() -> Iterator[Browser]:
    """A browser without a window."""
    sandbox = [] if os.getuid() else ["--no-sandbox"]  # root has none to give
    with sync_playwright() as playwright:
        own = playwright.chromium.executable_path  # where `playwright install chromium` would have put it
        path = own if Path(own).is_file() else executable()
        browser = playwright.chromium.launch(executable_path=path, args=sandbox)
        yield browser
        browser.close()


def _found() -> str | None:
    named = (shutil.which(name) for name in NAMES)
    return next((path for path in (*named, *ELSEWHERE) if path and Path(path).is_file()), None)


def _installed() -> str | None:
    """Install it where that needs no question; processes that want it at once wait for the one that does."""
    if os.getuid() or shutil.which("apt-get") is None:
        return None
    with (Path(tempfile.gettempdir()) / "weaver-chromium.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if _found() is None:
            command = "apt-get -qq update && apt-get -qq install --yes --no-install-recommends chromium"
            quiet = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
            subprocess.run(command, shell=True, check=False, env=quiet, timeout=INSTALL_SECONDS, capture_output=True)
    return _found()


if __name__ == "__main__":
    sys.stdout.write(f"{executable()}\n")
