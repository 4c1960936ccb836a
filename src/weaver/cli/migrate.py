"""`weaver migrate`: bring a database's tables up to date."""

import asyncio

import typer

from weaver.config import settings


def command() -> None:
    """Create or update the tables of the database that DB_URL names; an embedded file has it done by itself."""
    from weaver.walle.database.migrate import migrate

    found = settings()
    version = asyncio.run(migrate(found.database_url, home=found.home_folder))
    typer.echo(f"The tables are up to date (version {version})")
