"""Every error in one shape: problem details (RFC 9457). None repeats what the request said."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from starlette.exceptions import HTTPException

from api.cursor import BadCursor
from api.shapes import Problem, ProblemPart
from api.source import NotServed

MEDIA_TYPE = "application/problem+json"
DETAILS = {
    404: "There is nothing at this address. GET /openapi.json lists what there is.",
    405: "This address takes other methods: the Allow header names them.",
    413: "The request carries more than this address takes.",
    422: "The request's parameters are not what this address takes.",
    500: "The auditor failed. Its log says more.",
    503: "The service cannot answer just now: try again later.",
}


def problem(status: int, detail: str | None = None, errors: list[ProblemPart] | None = None) -> JSONResponse:
    """A response of the given HTTP status that says what was wrong."""
    title = HTTPStatus(status).phrase
    body = Problem(title=title, status=status, detail=detail or DETAILS.get(status, title), errors=errors or [])
    return JSONResponse(body.model_dump(), status, media_type=MEDIA_TYPE)


def described(*statuses: int) -> dict[int | str, dict[str, Any]]:
    """The problems a route may answer, for its OpenAPI description."""
    return {
        status: {
            "description": HTTPStatus(status).phrase,
            "content": {MEDIA_TYPE: {"schema": _schema(), "example": _example(status)}},
        }
        for status in statuses
    }


def install(app: FastAPI) -> None:
    """Make `app` answer all its errors as problems."""
    app.add_exception_handler(HTTPException, _on_http_error)
    app.add_exception_handler(RequestValidationError, _on_bad_request)
    app.add_exception_handler(BadCursor, _on_bad_cursor)
    app.add_exception_handler(NotServed, _on_not_served)
    app.add_exception_handler(Exception, _on_failure)


async def _on_http_error(_: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, HTTPException)
    standard = HTTPStatus(error.status_code).phrase
    response = problem(error.status_code, error.detail if error.detail != standard else None)
    response.headers.update(error.headers or {})
    return response


async def _on_bad_request(_: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, RequestValidationError)
    return problem(422, errors=[_part(one) for one in error.errors()])


async def _on_bad_cursor(_: Request, __: Exception) -> JSONResponse:
    what = "not a cursor of this list with these parameters: start again without it, and without an offset beside one"
    return problem(422, errors=[ProblemPart(where="query.cursor", what=what)])


async def _on_not_served(_: Request, error: Exception) -> JSONResponse:
    return problem(404, str(error))


async def _on_failure(_: Request, __: Exception) -> JSONResponse:
    return problem(500)


def _part(error: dict[str, Any]) -> ProblemPart:
    if error["type"] == "extra_forbidden":  # the place is the request's own word: not repeated
        return ProblemPart(where="query", what="a parameter that this address does not take")
    return ProblemPart(where=".".join(map(str, error["loc"])), what=error["msg"].removeprefix("Value error, "))


def _schema() -> dict[str, Any]:
    schema = Problem.model_json_schema()
    schema["properties"]["errors"]["items"] = schema.pop("$defs")["ProblemPart"]  # OpenAPI has no $defs here
    return schema


def _example(status: int) -> dict[str, Any]:
    return Problem(title=HTTPStatus(status).phrase, status=status, detail=DETAILS[status]).model_dump()
