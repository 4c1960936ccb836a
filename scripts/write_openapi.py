"""Write the OpenAPI document that the web app's types are generated from; needs no server.

`python scripts/write_openapi.py FILE`
"""

import asyncio
import sys
import tempfile
from contextlib import AsyncExitStack, closing
from pathlib import Path
from typing import Any

import orjson
from pydantic import SecretStr

from weaver.config import Settings
from weaver.glados.app import create_app
from weaver.glados.threads import ServerThreads
from weaver.main import started
from weaver.server.parts import Parts


async def document(home: Path) -> dict[str, Any]:
    """The document of a server that keeps nothing."""
    settings = Settings(home=home, db_url=SecretStr("memory"))
    with closing(ServerThreads.of(wait_seconds=5, uploads=1)) as threads:
        async with AsyncExitStack() as stack:
            behind = await started(settings, Parts(), stack=stack, port=settings.server_port, threads=threads)
            return create_app(behind.services).openapi()


def main() -> None:
    with tempfile.TemporaryDirectory() as home:
        found = asyncio.run(document(Path(home)))
    Path(sys.argv[1]).write_bytes(orjson.dumps(found, option=orjson.OPT_INDENT_2 | orjson.OPT_SORT_KEYS) + b"\n")


if __name__ == "__main__":
    main()
