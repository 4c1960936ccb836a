"""Ids of orders, executions and whatever else has one: the same run of them for the same seed."""

from hashlib import blake2b
from uuid import UUID

_VERSION = 4


class SeededIds:
    """Makes UUIDs that look random and are not."""

    def __init__(self, seed: int) -> None:
        self._seed, self._count = seed.to_bytes(16, signed=True), 0

    def __call__(self) -> str:
        """The next one."""
        self._count += 1
        return named_id(self._count.to_bytes(8) + self._seed)


def named_id(name: bytes) -> str:
    """The UUID of a name."""
    return str(UUID(bytes=blake2b(name, digest_size=16).digest(), version=_VERSION))
