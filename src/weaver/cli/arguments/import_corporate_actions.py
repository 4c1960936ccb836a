"""Splits and dividends on their way into the store: taken by their symbols' bars, and what is left on its own."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from weaver.cli.arguments.named_file import NamedFile
from weaver.model.errors import InputError, WeaverError
from weaver.model.market.corporate_actions import CorporateAction
from weaver.walle.bars.store import ParquetBarStore
from weaver.walle.files.columns.symbol_column import listed
from weaver.walle.files.corporate_actions_file import CorporateActionsFile

SUFFIX = "_actions"


@dataclass(frozen=True, slots=True)
class PendingCorporateActions:
    """Files of actions by symbol, out of which each is taken once; None: whoever's the only bars are."""

    files: dict[str | None, CorporateActionsFile | WeaverError] = field(default_factory=dict)
    used: set[str] = field(default_factory=set)
    """The names of the files out of which something was taken."""

    @classmethod
    def read(cls, files: Sequence[Path], options: Sequence[str], *, is_only: bool) -> "PendingCorporateActions":
        """Files called SYMBOL_actions.csv, and those of `--actions [SYMBOL=]FILE`. A column of symbols beats a file's
        name. is_only: one file of bars goes with them. Raises InputError for a symbol whose actions are in two files,
        and where nothing says whose a file's are."""
        pending = cls()
        for path in files:
            pending._add(path, otherwise=path.stem[: -len(SUFFIX)])
        for text in options:
            given = NamedFile.parse("--actions", text)
            stem = Path(given.file).stem
            pending._add(
                Path(given.file),
                otherwise=stem[: -len(SUFFIX)] if stem.lower().endswith(SUFFIX) else None,
                named=given.symbol,
            )
            if None in pending.files and not is_only:
                raise InputError(f"--actions {text}: say whose they are, as --actions SYMBOL={given.file}")
        return pending

    def _add(self, path: Path, *, otherwise: str | None, named: str | None = None) -> None:
        symbols: Sequence[str | None] = [named or otherwise]
        file: CorporateActionsFile | WeaverError
        try:
            file = CorporateActionsFile.read(path)
            if named is None and file.symbols is not None:
                symbols = file.symbols
        except WeaverError as error:
            file = error
        for symbol in symbols:
            if symbol in self.files:
                whose = "nobody" if symbol is None else symbol
                raise InputError(
                    f"--actions {path}: a second file of {whose}: give one for each symbol, as SYMBOL=FILE"
                )
            self.files[symbol] = file

    def take(self, symbol: str, *, is_only: bool) -> tuple[CorporateAction, ...] | None:
        """A symbol's actions, out of the files that are still to be imported; None: no file has any. is_only: it is the
        only symbol whose bars are imported. Raises what is wrong with its file."""
        key = symbol if symbol in self.files or not is_only or None not in self.files else None
        file = self.files.pop(key, None)
        if isinstance(file, WeaverError):
            raise file
        if file is None:
            return None
        self.used.add(file.origin.name)
        return file.of(symbol)

    def store(self, store: ParquetBarStore) -> "list[tuple[str, int] | WeaverError]":
        """Keep those that no bars took: each symbol with how many they are, or what is wrong. Of a file of several
        symbols only those are kept whose bars are stored."""
        outcomes: list[tuple[str, int] | WeaverError] = []
        unknown: dict[str, list[str]] = {}
        for symbol, file in self.files.items():
            if isinstance(file, WeaverError):
                outcomes.append(file)
            elif symbol is None:
                name = file.origin.name
                outcomes.append(InputError(f"--actions {name}: say whose they are, as --actions SYMBOL={name}"))
            elif len(file.symbols or ()) > 1 and store.find(symbol) is None:
                unknown.setdefault(file.origin.name, []).append(symbol)
            else:
                self.used.add(file.origin.name)
                outcomes.append(_kept(store, symbol, file))
        outcomes.extend(
            InputError(f"{name}: the store has no bars of any of {listed(symbols)}: import them first")
            for name, symbols in unknown.items()
            if name not in self.used
        )
        return outcomes


def _kept(store: ParquetBarStore, symbol: str, file: CorporateActionsFile) -> tuple[str, int] | WeaverError:
    try:
        actions = file.of(symbol)
        store.set_actions(symbol, actions)
    except WeaverError as error:
        return error
    return symbol, len(actions)
