"""This process's memory, as Linux counts it."""

from pathlib import Path

STATUS = Path("/proc/self/status")
CLEAR_REFS = Path("/proc/self/clear_refs")


def resident_bytes() -> int:
    """Resident now."""
    return _field("VmRSS")


def peak_bytes() -> int:
    """Resident at most since the start, or since `reset_peak`."""
    return _field("VmHWM")


def reset_peak() -> None:
    """Let the peak start again from what is resident now."""
    CLEAR_REFS.write_text("5")


def _field(name: str) -> int:
    line = next(line for line in STATUS.read_text().splitlines() if line.startswith(name))
    return int(line.split()[1]) * 1024
