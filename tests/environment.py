"""The user's own settings, which no test may see: `DB_URL` may name the database that they trade with."""

import os

_OURS = ("WEAVER_", "SERVER_", "SECURITY_", "DB_URL", "ALPACA_", "NOTIFY_")
_FOR_TESTS = "WEAVER_TEST_"


def forget_settings() -> None:
    """Take them out of this process's environment, and so out of that of everything it starts."""
    for name in list(os.environ):
        if name.startswith(_OURS) and not name.startswith(_FOR_TESTS):
            del os.environ[name]
