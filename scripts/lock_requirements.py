"""Write locks/requirements.json: what each locked distribution requires, as its own metadata says.

A test holds the locks against it without an index. `make lock` runs this after it has resolved them anew.
"""

import json
import re
import subprocess
import sys
import tempfile
from pathlib import Path

from packaging.markers import Marker

ROOT = Path(__file__).resolve().parents[1]
TARGET = ROOT / "locks" / "requirements.json"
LOCKS = [*sorted((ROOT / "locks").glob("*.lock")), *sorted((ROOT / "tests" / "benchmarks").glob("*.lock"))]
ENTRY = re.compile(
    r"^([A-Za-z0-9._-]+==[^\s;\\]+)(?: ; ([^\\\n]+?))? \\\n((?:    --hash=\S+(?: \\)?\n?)+)", re.MULTILINE
)
OTHER_PYTHON = [
    "--python-version", "3.13", "--only-binary", ":all:", "--ignore-requires-python", "--target", "nothing-goes-there",
]  # fmt: skip
"""How to ask for what a lock names for later Pythons, or for other systems, only. Without a target pip refuses to look
for another Python, and holds what it found against the one it runs on; a dry run puts nothing there."""


def main() -> None:
    known: dict[str, list[str]] = {}
    for lock in LOCKS:
        entries = [
            (pin, marker, " ".join(hashes.replace("\\", "").split()))
            for pin, marker, hashes in ENTRY.findall(lock.read_text())
        ]
        new = [entry for entry in entries if entry[0] not in known]
        here = [f"{pin} {hashes}" for pin, marker, hashes in new if not marker or Marker(marker).evaluate()]
        elsewhere = [f"{pin} {hashes}" for pin, marker, hashes in new if marker and not Marker(marker).evaluate()]
        known |= requirements_of(here) | requirements_of(elsewhere, *OTHER_PYTHON)
    TARGET.write_text(json.dumps(dict(sorted(known.items())), indent=1) + "\n")
    print(f"{TARGET.relative_to(ROOT)}: {len(known)} distributions")


def requirements_of(lines: list[str], *options: str) -> dict[str, list[str]]:
    """What the distributions of these lines of a lock require, by `name==version` as the lock spells it."""
    if not lines:
        return {}
    with tempfile.TemporaryDirectory() as folder:
        asked, report = Path(folder, "lock"), Path(folder, "report")
        asked.write_text("\n".join(lines) + "\n")
        pip = [sys.executable, "-m", "pip", "--disable-pip-version-check", "-qq", "install", "--dry-run", "--no-deps"]
        subprocess.run([*pip, "--ignore-installed", "--report", report, *options, "-r", asked], check=True)
        found = {
            item["metadata"]["name"].lower().replace("_", "-").replace(".", "-"): item["metadata"].get(
                "requires_dist", []
            )
            for item in json.loads(report.read_text())["install"]
        }
    pins = [line.split(" ", 1)[0] for line in lines]
    return {pin: found[pin.split("==")[0]] for pin in pins}


if __name__ == "__main__":
    main()
