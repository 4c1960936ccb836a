"""Write docs/strategy-api.md, or with `--check` say whether it is as it would be written: `python -m
tests.strategy_api`."""

import sys

from tests.shared_data import REPOSITORY
from tests.strategy_api.page import page

TARGET = REPOSITORY / "docs" / "strategy-api.md"


def main() -> int:
    text = page()
    if "--check" not in sys.argv:
        TARGET.write_text(text, encoding="utf-8")
    return int(TARGET.read_text(encoding="utf-8") != text)


if __name__ == "__main__":
    sys.exit(main())
