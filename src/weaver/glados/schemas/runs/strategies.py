"""Strategies on the wire."""

from pydantic import Field, JsonValue

from weaver.glados.schemas.base import ResponseBody
from weaver.marvin.plugins.catalogue import StrategyEntry
from weaver.marvin.plugins.outline_schema import params_schema


class StrategyResponse(ResponseBody):
    """A strategy, as its source shows it; or a file that holds none that can be used."""

    id: str = Field(description="What runs name it by: `sma-crossover`. A broken file has one made of its name.")
    name: str = Field(description="Its name for people.")
    version: str = Field(description="Its own `version`, else the first digits of its source's hash.")
    description: str = Field(description="Its docstring.")
    class_name: str | None = Field(description="Its class; null in a broken file.")
    file: str = Field(description="The name of its file, without the folder.")
    built_in: bool = Field(description="Whether it came with Weaver.")
    source_hash: str | None = Field(description="SHA-256 of its file's text in UTF-8; null in a broken file.")
    params_schema: dict[str, JsonValue] = Field(
        description="JSON Schema of its parameters, read off the source without running it. A parameter whose type "
        "only running the file would tell has none here."
    )
    error: str | None = Field(description="Why it cannot be used, with its line; null where it can.")

    @classmethod
    def of(cls, entry: StrategyEntry) -> "StrategyResponse":
        """From the catalogue."""
        return cls(
            id=entry.id,
            name=entry.name,
            version=entry.version,
            description=entry.description,
            class_name=entry.class_name,
            file=entry.path.name,
            built_in=entry.built_in,
            source_hash=entry.source_hash,
            params_schema=params_schema(entry),
            error=entry.error,
        )


class StrategySourceResponse(ResponseBody):
    """The text of a strategy's file."""

    id: str = Field(description="The strategy's id.")
    file: str = Field(description="The name of its file, without the folder.")
    class_name: str | None = Field(description="The strategy's class in it; null in a broken file.")
    source: str = Field(description="The file's text.")
    source_hash: str = Field(description="SHA-256 of the text in UTF-8.")


class RescanResponse(ResponseBody):
    """What is new in the strategies' folders since they were looked at last."""

    added: list[str] = Field(description="Ids that were not there before.")
    changed: list[str] = Field(description="Ids whose source, or error, is another one now.")
    removed: list[str] = Field(description="Ids that are gone.")
    total: int = Field(description="How many strategies there are, broken files included.")
