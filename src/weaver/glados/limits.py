"""How much of the server one client, and all of them together, may take."""

from dataclasses import dataclass

_KB, _MB = 1024, 1024 * 1024


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """Each is a setting (docs/settings.md); here stand the defaults."""

    head_bytes_max: int = 32 * _KB
    """Of a request's head: its first line and its headers (431)."""
    target_bytes_max: int = 8 * _KB
    """Of a request's path and query (414)."""
    head_seconds: float = 10.0
    """For a whole head: from a connection's beginning, or from the first byte after an answer."""
    body_seconds: float = 30.0
    """For a whole body that is no upload."""
    send_seconds: float = 30.0
    """How long a client may take next to nothing of its answer."""
    unsent_bytes_max: int = 64 * _MB
    """Of answers that clients have not taken, in all; past it those go that have waited longest."""
    uploads_at_once: int = 4
    """Each may fill the disk with its body and its unpacked copy."""
    upload_window_seconds: float = 15.0
    upload_window_bytes: int = 256 * _KB
    """How much of an upload has to come in each window (408)."""
    upload_bytes_max: int = 512 * _MB
    """Of an uploaded file, packed and unpacked (413)."""
    upload_memory_bytes: int = 1024 * _MB
    """What the process that reads an upload may take."""
    upload_seconds: float = 300.0
    """How long the reading of an upload may take, and as long again its storing."""
    wait_seconds: float = 10.0
    """How long a request waits for its turn to read bars, strategies or results (503)."""
