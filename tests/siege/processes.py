"""What a process on this machine uses, read from /proc (so Linux is needed)."""

from pathlib import Path


def resident_mb(process_id: int) -> float:
    """Resident now."""
    return _kilobytes(process_id, "VmRSS") / 1024


def peak_mb(process_id: int) -> float:
    """Resident at most, since its start or since `reset_peak`."""
    return _kilobytes(process_id, "VmHWM") / 1024


def reset_peak(process_id: int) -> None:
    """Let the peak start again from what is resident now."""
    Path(f"/proc/{process_id}/clear_refs").write_text("5")


def _kilobytes(process_id: int, name: str) -> int:
    lines = Path(f"/proc/{process_id}/status").read_text().splitlines()
    return int(next(line for line in lines if line.startswith(name)).split()[1])
