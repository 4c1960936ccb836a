"""Which strategies were there when somebody last looked, so that what changed can be told."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass

from weaver.glados.threads import Threads
from weaver.marvin.plugins.catalogue import Catalogue, StrategyEntry

Fingerprints = dict[str, set[tuple[str | None, str | None]]]


@dataclass(frozen=True, slots=True, kw_only=True)
class CatalogueChanges:
    """Ids, sorted."""

    added: tuple[str, ...]
    changed: tuple[str, ...]
    removed: tuple[str, ...]
    total: int

    def __bool__(self) -> bool:
        return bool(self.added or self.changed or self.removed)


class KnownStrategies:
    """Remembers the catalogue as it was when its changes were last told."""

    def __init__(self, *, catalogue: Catalogue, threads: Threads) -> None:
        self._catalogue, self._threads = catalogue, threads
        self._known: Fingerprints | None = None
        self._turn = asyncio.Lock()

    async def look(self, tell: Callable[[CatalogueChanges], Awaitable[None]] | None = None) -> CatalogueChanges:
        """What is new since changes were last told; at the first look nothing is. They count as told when `tell`, which
        is called where there are any, has returned."""
        async with self._turn:
            entries = await self._threads.do(self._catalogue.entries)
            now = _fingerprints(entries)
            before = now if self._known is None else self._known
            changes = CatalogueChanges(
                added=tuple(sorted(now.keys() - before.keys())),
                changed=tuple(sorted(name for name in now.keys() & before.keys() if now[name] != before[name])),
                removed=tuple(sorted(before.keys() - now.keys())),
                total=len(entries),
            )
            if changes and tell is not None:
                await tell(changes)
            self._known = now
        return changes


def _fingerprints(entries: Sequence[StrategyEntry]) -> Fingerprints:
    """By id: the hash and the error of each entry that has it (two files may claim one id)."""
    found: Fingerprints = {}
    for entry in entries:
        found.setdefault(entry.id, set()).add((entry.source_hash, entry.error))
    return found
