"""What axe finds on a page, and whether the page scrolls sideways."""

from typing import Any

from tests.shared_data import REPOSITORY

AXE = REPOSITORY / "haro" / "node_modules" / "axe-core" / "axe.min.js"
ROWS = 12
"""Of a table so many rows are looked at: the others are as they are."""
RUN_AXE = f"""() => axe.run({{exclude: [["tbody > tr:nth-child(n+{ROWS + 1})"]]}}, {{resultTypes: ["violations"]}})
  .then(({{violations}}) => violations)"""
OVERHANG = "() => document.documentElement.scrollWidth - document.documentElement.clientWidth"


def told(violation: Any) -> str:
    """A violation in one line."""
    where = "; ".join(f"{node['target']} {node.get('failureSummary', '')}" for node in violation["nodes"][:3])
    return f"{violation['id']}: {violation['help']} at {where}"
