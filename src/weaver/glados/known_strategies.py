"""Which strategies were there when somebody last looked, so that what changed can be told."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass

from weaver.marvin.catalogue import Catalogue, CatalogueEntry

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
    """Remembers the catalogue as it was at the last `look`."""

    def __init__(self, *, catalogue: Catalogue) -> None:
        self._catalogue = catalogue
        self._known: Fingerprints | None = None

    async def look(self) -> CatalogueChanges:
        """What is new since the last look; at the first one nothing is."""
        entries = await asyncio.to_thread(self._catalogue.entries)
        now = _fingerprints(entries)
        before, self._known = now if self._known is None else self._known, now
        return CatalogueChanges(
            added=tuple(sorted(now.keys() - before.keys())),
            changed=tuple(sorted(name for name in now.keys() & before.keys() if now[name] != before[name])),
            removed=tuple(sorted(before.keys() - now.keys())),
            total=len(entries),
        )


def _fingerprints(entries: Sequence[CatalogueEntry]) -> Fingerprints:
    """By id: the hash and the error of each entry that has it (two files may claim one id)."""
    found: Fingerprints = {}
    for entry in entries:
        found.setdefault(entry.id, set()).add((entry.source_hash, entry.error))
    return found
