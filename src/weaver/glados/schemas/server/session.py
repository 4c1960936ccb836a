"""Signing in from a browser."""

from pydantic import Field, SecretStr

from weaver.glados.schemas.base import RequestBody, ResponseBody


class SignInRequest(RequestBody):
    """The token, once."""

    token: SecretStr = Field(description="SECURITY_API_TOKEN, as the server has it.", max_length=4096)


class SessionResponse(ResponseBody):
    """Whether this client may use the API."""

    signed_in: bool = Field(description="Always true here: who may not use the API gets 401.")
    token_needed: bool = Field(description="False: the server has no token, and answers this machine only.")
    newest_seq: int = Field(
        description="The newest event in the log, 0: none. A stream `after` it tells of all that changes from now on."
    )
