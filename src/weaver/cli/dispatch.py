"""From arguments to an exit code: finds the command, and turns every error into one line.

0 done, 1 the present state does not allow it, the run failed (or Weaver did), 2 bad usage or input, 130 interrupted.
"""

import os
import sys
import traceback
from collections.abc import Mapping, Sequence
from importlib import import_module
from typing import Annotated

import typer

from weaver.cli.screen.once import OnceCommand
from weaver.model.errors import IllegalTransition, InputError, InvalidOrder, WeaverError, of_family

COMMANDS = {
    "up": "Start the server on this machine.",
    "down": "End the server that runs on this machine.",
    "demo": "Import the sample data, run a sample backtest, print it.",
    "init": "Begin a project: strategies, data, a notebook, a Makefile.",
    "backtest": "Backtest a strategy, and say whether to believe the result.",
    "sweep": "Try many parameter sets, and say what the best is worth.",
    "walk-forward": "Choose parameters on one stretch of time, trade them on the next.",
    "cross-validate": "Choose on some parts of time, trade the others, in every combination.",
    "strategies": "List, check and begin strategies.",
    "data": "Import market data, list it, check it.",
    "trade": "Trade a strategy on paper, or live, and follow it.",
    "runs": "See, follow, start, stop, compare, promote and reproduce runs.",
    "orders": "Place, see, change and cancel orders.",
    "account": "Show accounts at venues.",
    "positions": "Show what accounts hold, and whose it is.",
    "risk": "See and set limits; end halts.",
    "kill": "Stop all trading that adds risk, or let it go on.",
    "venues": "Show the venues and their state.",
    "replay": "Decide a run's record once more, and compare.",
    "drift": "Hold a run against its backtest.",
    "notify": "Try notifications out.",
    "migrate": "Bring the database's tables up to date.",
    "backup": "Copy what Weaver keeps, also while a server runs.",
    "simulate-exchange": "Rehearse: a local exchange that speaks as Alpaca does.",
    "doctor": "Check that everything Weaver needs is there and works.",
}
"""Each in the module of its name; only the one that is called is loaded."""
_TRADING = frozenset({"trade", "orders", "account", "positions", "risk", "kill", "venues", "notify"})
_ROOMS = {
    **dict.fromkeys(_TRADING, "weaver.cli.trading"),
    **dict.fromkeys(("replay", "drift"), "weaver.cli.proof"),
    "init": "weaver.cli.project",
    **dict.fromkeys(("sweep", "walk-forward", "cross-validate"), "weaver.cli.sweeps"),
}
_GROUPS = frozenset({"strategies", "data", "runs", "orders", "risk", "notify"})
"""Those that have commands of their own."""
DEBUG = "--debug"
INTERRUPTED = 130
EXIT_CODES: Mapping[type[WeaverError], int] = {WeaverError: 1, InputError: 2, InvalidOrder: 2}
"""By family; a class that is not named has its family's."""
_ONLY_HELP = "NoArgsIsHelpError"
"""What typer raises for a group called without a command. It keeps the class to itself."""


def run(arguments: Sequence[str]) -> int:
    """Carry out a command line and return its exit code."""
    debug = DEBUG in arguments
    words = [word for word in arguments if word != DEBUG] or ["--help"]
    try:
        code = _invoke(words)
        sys.stdout.flush()
    except (BrokenPipeError, SystemExit) as error:
        if not isinstance(error, BrokenPipeError) and not isinstance(error.__context__, BrokenPipeError):
            raise
        _leave_stdout()  # whoever read our output has heard enough
        return 0
    except (KeyboardInterrupt, typer.Abort):
        code = INTERRUPTED
    except Exception as error:  # noqa: BLE001 - the outermost edge: told in one line, with the exit code
        if debug:
            traceback.print_exc()
        return _told(error)
    if code == INTERRUPTED:
        typer.echo("interrupted", err=True)
    return code


def _invoke(words: list[str]) -> int:
    called = next((word for word in words if not word.startswith("-")), None)
    command = typer.main.get_command(_app(called))
    return int(command.main(args=words, prog_name="weaver", standalone_mode=False) or 0)


def _app(called: str | None) -> typer.Typer:
    """All commands; those that are not called have only their names."""
    app = typer.Typer(
        add_completion=False, rich_markup_mode=None, help="Weaver: backtest trading strategies, honestly."
    )
    app.callback()(_options)
    for name, about in COMMANDS.items():
        room = _ROOMS.get(name, "weaver.cli")
        module = import_module(f"{room}.{name.replace('-', '_')}") if name == called else None
        if module is None:
            app.command(name, help=about)(_nothing)
        elif name in _GROUPS:
            for registered in module.app.registered_commands:
                registered.cls = OnceCommand
            app.add_typer(module.app, name=name, help=about)
        else:
            app.command(name, cls=OnceCommand)(module.command)
    return app


def _version(wanted: bool) -> None:
    if wanted:
        import weaver

        typer.echo(f"weaver {weaver.__version__}")
        raise typer.Exit


def _options(
    version: Annotated[
        bool, typer.Option("--version", help="Print the version.", callback=_version, is_eager=True)
    ] = False,
    debug: Annotated[bool, typer.Option(DEBUG, help="Show the traceback of an error; works anywhere.")] = False,
) -> None:
    """Options of every command; both are dealt with before."""
    del version, debug


def _nothing() -> None:
    """Stands for a command that is not the one called."""


def _told(error: Exception) -> int:
    """Say what went wrong; the exit code."""
    if isinstance(error, WeaverError) and not isinstance(error, IllegalTransition):
        _say(str(error))
        return of_family(type(error), EXIT_CODES)
    usage = getattr(error, "format_message", None)
    if usage is None:
        see = f"this is a fault of Weaver: run again with {DEBUG} to see where"
        _say(f"unexpected {type(error).__name__}: {error}; {see}")
        return 1
    if type(error).__name__ == _ONLY_HELP:
        typer.echo(usage(), err=True)
    else:
        _say(usage(), hint=_help_of(error))
    return int(getattr(error, "exit_code", 2))


def _help_of(error: Exception) -> str:
    """Where a wrong usage can be read up."""
    context = getattr(error, "ctx", None)
    return f" (see {context.command_path} --help)" if context is not None else ""


def _say(text: str, *, hint: str = "") -> None:
    typer.echo(f"error: {' '.join(text.split())}{hint}", err=True)


def _leave_stdout() -> None:
    """Have nothing more written there, also not at the very end."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
