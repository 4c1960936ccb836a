"""`python -m tests.scenarios`: the table for docs/live-scenarios.md."""

import sys

from tests.scenarios.table import page

if __name__ == "__main__":
    sys.stdout.write(f"{page()}\n")
