"""All that a server says, gathered to be looked through."""

import asyncio
import os
import subprocess
import sys
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from tests.acceptance.service.api import Api
from tests.postgres import connect


class Told:
    """All that was said, by where."""

    def __init__(self) -> None:
        self.texts: dict[str, str] = {}

    def answers(self, api: Api, when: str) -> None:
        """What can be asked for without naming anything: at the end all of it, before that how things stand."""
        paths = api.http.get("/openapi.json").json()["paths"] if when == "at the end" else {}
        plain = {path for path, operations in paths.items() if "get" in operations and "{" not in path}
        for path in sorted(plain | {f"/api/v1/{name}" for name in ("healthz", "venues", "account", "risk", "metrics")}):
            if not path.endswith("/stream"):
                self.texts[f"{path} {when}"] = api.http.get(path).text

    def asked(self, api: Api, method: str, path: str, **given: Any) -> int:
        """The status of an answer, which is noted."""
        answer = api.http.request(method, f"/api/v1{path}", **given)
        self.texts[f"{method} {path} {len(self.texts)}"] = answer.text + str(answer.headers)
        return answer.status_code

    def commands(self, home: Path, settings: Mapping[str, str], commands: Iterable[Sequence[str]]) -> None:
        """What commands print."""
        for words in commands:
            command = [sys.executable, "-m", "weaver", *words]
            said = subprocess.run(
                command, env={**os.environ, **settings, "WEAVER_HOME": str(home)}, capture_output=True, text=True,
                timeout=60, check=False,
            )  # fmt: skip
            self.texts[" ".join(("weaver", *words))] = said.stdout + said.stderr

    def files(self, home: Path) -> None:
        """What lies in the home."""
        for path in home.rglob("*"):
            if path.is_file():
                self.texts[str(path)] = _text(path.read_bytes())

    def tables(self, url: str) -> None:
        """All rows of the database."""

        async def read() -> None:
            connection = await connect(url)
            try:
                for [name] in await connection.fetch("SELECT tablename FROM pg_tables WHERE schemaname = 'public'"):
                    rows = await connection.fetch(f'SELECT * FROM "{name}"')
                    self.texts[f"table {name}"] = "\n".join(_text(value) for row in rows for value in row)
            finally:
                await connection.close()

        asyncio.run(read())

    def where(self, word: str) -> list[str]:
        """Where a word stands."""
        return [place for place, text in self.texts.items() if word in text]


def _text(value: object) -> str:
    return value.decode(errors="replace") if isinstance(value, bytes) else str(value)
