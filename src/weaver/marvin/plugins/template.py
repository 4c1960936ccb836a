"""What a new strategy begins with."""

from dataclasses import dataclass
from importlib.resources import files

FOLDER = "weaver.marvin.plugins.templates"


@dataclass(frozen=True, slots=True, kw_only=True)
class Template:
    """A strategy that runs as it stands, with comments for who has never written one."""

    name: str
    teaches: str
    samples: tuple[str, ...]
    """Of the sample data, the symbols that it is tried on."""
    options: tuple[str, ...] = ()
    """What a run of it needs besides bars."""

    def text(self, class_name: str) -> str:
        """Its source, under another name."""
        text = files(FOLDER).joinpath(f"{self.name}.py").read_text(encoding="utf-8")
        return text.replace(f"class {self.name.capitalize()}(", f"class {class_name}(", 1)


TEMPLATES = {
    one.name: one
    for one in (
        Template(name="signals", teaches="indicators, signals, and what is called back on them", samples=("AAPL",)),
        Template(name="bars", teaches="bar by bar, with limit orders and exits", samples=("AAPL",)),
        Template(name="risk", teaches="how much to buy: by the stop's distance, with a stop that follows",
                 samples=("MSFT",)),
        Template(name="portfolio", teaches="several symbols, at set times, in given shares",
                 samples=("AAPL", "IBM", "MSFT")),
        Template(name="pairs", teaches="two symbols against each other, one of them short", samples=("MSFT", "IBM"),
                 options=("--account", "margin", "--shorting")),
    )
}  # fmt: skip
"""By name; the first is what a strategy begins with unless another is asked for."""
