"""`weaver init`: begin a project."""

import shlex
import shutil
from pathlib import Path
from typing import Annotated

import typer

from weaver.cli.screen.called import NAME, called
from weaver.cli.screen.json_answer import show_json
from weaver.model.errors import InputError

Folder = Annotated[Path, typer.Argument(metavar="[FOLDER]", help="Where; made if it is not there. By default, here.")]
AsJson = Annotated[bool, typer.Option("--json", help="Print one JSON object, nothing else.")]
COMMANDS = ("make backtest", "make report", "make paper")


def command(folder: Folder = Path(), as_json: AsJson = False) -> None:
    """Make a project: a strategy, sample data, a notebook, a Makefile and a .gitignore. Never overwrites a file."""
    from weaver.cli.demo import samples
    from weaver.cli.project.files import DATA, texts

    written, copied = texts(), {f"data/{name}": samples() / name for name in DATA}
    _refuse_what_is_there(folder, [*written, *copied])
    try:
        for name, text in written.items():
            _make_room(folder / name)
            with (folder / name).open("x", encoding="utf-8") as file:
                file.write(text)
        for name, source in copied.items():
            _make_room(folder / name)
            shutil.copyfile(source, folder / name)
    except OSError as error:
        raise InputError(f"{error.filename or folder} cannot be written: {error.strerror}") from error
    paths = sorted([*written, *copied])
    if as_json:
        show_json({"folder": str(folder.resolve()), "files": paths, "commands": list(COMMANDS)})
        return
    typer.echo(f"A project in {folder.resolve()}: {', '.join(paths)}")
    here = "" if folder.resolve() == Path.cwd() else f"cd {shlex.quote(str(folder))} && "
    typer.echo(f"Then: {here}{_weaver_named()}{COMMANDS[0]} (make help lists the rest)")


def _weaver_named() -> str:
    """What tells the Makefile, in another folder, where a `weaver` is that is not on the path; else nothing."""
    first, *rest = shlex.split(called())
    if first == NAME:
        return ""
    return f"export WEAVER={shlex.quote(shlex.join([str(Path(first).absolute()), *rest]))} && "


def _refuse_what_is_there(folder: Path, names: list[str]) -> None:
    """Raises InputError where anything would be overwritten."""
    if folder.exists() and not folder.is_dir():
        raise InputError(f"{folder} is a file; name a folder")
    there = [name for name in names if (folder / name).exists() or (folder / name).is_symlink()]
    if there:
        raise InputError(f"{folder / there[0]} is there already; choose another folder, or remove it first")


def _make_room(path: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
