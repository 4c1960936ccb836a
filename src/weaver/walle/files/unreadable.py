"""What is said of a file that cannot be opened, or not be read to its end."""

from pathlib import Path

from weaver.model.errors import InputError


def unreadable(path: Path, error: Exception) -> InputError:
    """What is said of a file that cannot be read."""
    match error:
        case FileNotFoundError():
            return InputError(f"{path}: there is no such file")
        case IsADirectoryError():
            return InputError(f"{path}: this is a folder, not a file")
        case _:
            return InputError(f"{path}: cannot be read: {getattr(error, 'strerror', None) or error}")
