"""Commands whose options count once: none takes another's place in silence."""

from typing import Any

from typer.core import TyperCommand

from weaver.model.errors import InputError


class OnceCommand(TyperCommand):
    """Refuses an option that is given twice and keeps one value; flags may be repeated, they say the same again."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:  # typer's own context, which it keeps to itself
        """See `TyperCommand`. Raises InputError."""
        _, _, given = self.make_parser(ctx).parse_args(args=list(args))
        for option in given:
            keeps_one = not getattr(option, "multiple", True) and not getattr(option, "is_flag", False)
            if keeps_one and given.count(option) > 1:
                raise InputError(f"{option.opts[0]} is given {given.count(option)} times: give it once")
        return super().parse_args(ctx, args)
