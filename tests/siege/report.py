"""What an attack says."""

from rich.console import Console

console = Console(soft_wrap=True, highlight=False)


def say(figures: str) -> None:
    """The attack's line."""
    console.print(figures, markup=False)
