"""Answers over HTTP: JSON as Alpaca writes it, and refusals with their code and message."""

from collections.abc import Mapping, Sequence

import orjson
from starlette.responses import Response

Json = Mapping[str, object] | Sequence[object] | None
JSON = "application/json; charset=UTF-8"


class Refused(Exception):
    """A request that is answered with an error: raised anywhere below a handler, answered by the server."""

    def __init__(self, status: int, code: int | None, message: str, **extra: str) -> None:
        super().__init__(message)
        self.status, self.code, self.message, self.extra = status, code, message, extra

    @property
    def body(self) -> Mapping[str, object]:
        """What the answer says."""
        code = {} if self.code is None else {"code": self.code}
        return {**code, "message": self.message, **self.extra}


def answer(body: Json, status: int = 200) -> Response:
    """An answer with a JSON body."""
    return Response(orjson.dumps(body), status, media_type=JSON)


def refusal(refused: Refused) -> Response:
    """The answer to a request that was refused."""
    return answer(refused.body, refused.status)
