"""The one shape of every error."""

from pydantic import Field

from weaver.glados.schemas.base import ResponseBody


class ErrorDetail(ResponseBody):
    """One thing that was wrong with a request."""

    field: str = Field(description="Where: `body.symbols.0`, `query.page`, `path.run_id`.")
    message: str = Field(description="What is wrong with it.")


class GateDetail(ErrorDetail):
    """A gate that a run was held against: those that are met are listed too."""

    limit: bool | int | float | None = Field(description="Null: the gate is off.")
    value: bool | int | float | None = Field(description="Null: not known, or not applicable.")
    met: bool = Field(description="Whether it lets the run through.")


class ErrorResponse(ResponseBody):
    """Why a request was not done."""

    code: str = Field(description="The kind of error, for programs: `not_found`, `conflict`, `bad_input` …")
    message: str = Field(description="What was wrong and what to do, for people.")
    details: list[GateDetail | ErrorDetail] = Field(
        description="Each field that is wrong, where the request's shape is (422); of a promotion, each gate."
    )
    correlation_id: str = Field(description="Finds the request in the server's log; also header X-Correlation-ID.")
