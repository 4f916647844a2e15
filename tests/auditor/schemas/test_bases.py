"""Base paths and hosts."""

from __future__ import annotations

import pytest

from auditor.schemas.bases import Base, bases_of
from auditor.schemas.document import object_of, read_document


@pytest.mark.parametrize(
    ("text", "bases"),
    [
        ("openapi: 3.0.0", [Base("")]),
        ("servers: [{url: /}]", [Base("")]),
        ("servers: [{url: v1}]", [Base("/v1")]),
        (
            "servers: [{url: 'https://a.example/v1/'}, {url: 'http://B.example:81/v1'}]",
            [Base("/v1", ("a.example", "b.example"))],
        ),
        ("servers: [{url: '{scheme}://a.example/v1'}]", [Base("/v1", ("a.example",))]),
        ("servers: [{url: 'https://{tenant}.example/{stage}'}]", [Base("/{stage}")]),
        ("servers: [{url: 'https://{t}.example', variables: {t: {default: eu}}}]", [Base("", ("eu.example",))]),
        ("servers: [{url: 'https://user:pass@a.example/x?key=1'}]", [Base("/x", ("a.example",))]),
        ("servers: [{url: 'http://[bad/x'}]", [Base("")]),
        ("swagger: '2.0'\nhost: a.example:8080\nbasePath: v2/", [Base("/v2", ("a.example",))]),
        ("swagger: '2.0'\nbasePath: /", [Base("")]),
    ],
)
def test_bases(text: str, bases: list[Base]) -> None:
    assert bases_of(object_of(read_document(text.encode()))) == bases
