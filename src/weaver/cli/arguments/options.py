"""The options of a backtest on the command line, made of what the model knows of each."""

from collections.abc import Callable, Mapping, Sequence
from inspect import Parameter, Signature
from typing import Annotated, Any

import typer

from weaver.cli.arguments.named_file import NamedFile
from weaver.model.backtest.kinds import CorporateActions, Flag, Parameters, Symbols, Whole
from weaver.model.backtest.options import DEFAULTS, OPTIONS, Option
from weaver.model.errors import InputError


def takes_options(command: Callable[..., None]) -> Callable[..., None]:
    """The command with all options in the place of its `**options`: the symbols before its files of bars, the others
    between those and its outputs."""
    strategy, bars, *outputs, _ = Signature.from_callable(command).parameters.values()
    symbols, *others = (_parameter(name, option) for name, option in OPTIONS.items())
    command.__signature__ = Signature([strategy, symbols, bars, *others, *outputs])  # type: ignore[attr-defined]
    return command


def read_options(given: Mapping[str, Any]) -> dict[str, Any]:
    """What Typer found of each, as `Options` takes it. Raises InputError."""
    return {name: _read(name, value) for name, value in given.items()}


def flag_of(name: str) -> str:
    """How an option is written; what happens unless it is turned off has a `--no-…`."""
    no = "no-" if _turns_off(name) else ""
    return OPTIONS[name].flag or f"--{no}{name.replace('_', '-')}"


def _parameter(name: str, option: Option) -> Parameter:
    """As Typer wants to have it described."""
    default, about = DEFAULTS[name], option.about
    kind: Any = str | None
    match option.kind:
        case Flag():
            kind, default = bool, False
            about = f"Do not {about[0].lower()}{about[1:]}" if _turns_off(name) else about
        case Whole():
            kind = int | None
        case Symbols() | CorporateActions() | Parameters():
            kind = list[str] | None
        case _:
            default = None if default is None else str(default)
    return Parameter(name, Parameter.KEYWORD_ONLY, default=default, annotation=Annotated[kind, described(name, about)])


def described(name: str, about: str | None = None) -> Any:
    """An option as Typer wants to have it described; about: in other words than its own."""
    option = OPTIONS[name]
    return typer.Option(flag_of(name), metavar=option.metavar or None, help=option.about if about is None else about)


def _read(name: str, value: Any) -> Any:
    match OPTIONS[name].kind:
        case Flag() if _turns_off(name):
            return not value
        case Parameters():
            return pairs(flag_of(name), value)
        case CorporateActions():
            return corporate_action_files(value or ())
        case _:
            return value


def _turns_off(name: str) -> bool:
    return DEFAULTS[name] is True


def pairs(option: str, given: Sequence[str] | None) -> dict[str, Any]:
    """`name=value` of a repeated option. Raises InputError."""
    found: dict[str, Any] = {}
    for text in given or ():
        name, equals, value = text.partition("=")
        if not equals or not name.strip():
            raise InputError(f"{option} {text}: write {option} NAME=VALUE")
        if name.strip() in found:
            raise InputError(f"{option} {name.strip()} is given twice")
        found[name.strip()] = value.strip()
    return found


def corporate_action_files(given: Sequence[str]) -> dict[str, str] | str:
    """Files by symbol, or the one that says itself whose its rows are. Raises InputError."""
    found: dict[str, str] = {}
    for text in given:
        file = NamedFile.parse("--actions", text)
        if file.symbol is None:
            if len(given) > 1:
                raise InputError(f"--actions {text}: write --actions SYMBOL=FILE; one of many symbols stands alone")
            return file.file
        if file.symbol in found:
            raise InputError(f"--actions {file.symbol} is given twice")
        found[file.symbol] = file.file
    return found
