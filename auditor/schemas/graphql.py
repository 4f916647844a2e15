"""GraphQL schemas (SDL) to payloads: what the arguments of a root field take, and what can be selected from it.

The only import of graphql-core. A response's paths start with the root field's own name, as its answer does and as
`auditor.telemetry.graphql_document` names what a document asks for: `patient.email`. Arguments are named from the root
field down (`id`, `input.email`), those of inner fields below the path of their field (`avatar.size`).
"""

from __future__ import annotations

import json
import re
from collections import defaultdict
from collections.abc import Iterator, Sequence

from graphql import GraphQLError, Source, build_client_schema, print_schema
from graphql.language import ast, parse

from auditor.schemas.graphql_types import Definition, Types, definition
from auditor.schemas.graphql_walk import arguments_of, selectable
from auditor.schemas.payloads import Payloads, Problem, SchemaFile
from lineage.payload import Endpoint

_ROOTS = {"query": "Query", "mutation": "Mutation", "subscription": "Subscription"}
_MOST_TOKENS = 2_000_000
_MOST_BAD = 50
_START = re.compile(
    r'^(?:"""|"|extend\b|schema\b|directive\b|(?:type|input|interface|union|enum|scalar|query|mutation|subscription|'
    r"fragment)\s+\w)",
    re.MULTILINE,
)


def read(files: Sequence[SchemaFile]) -> Payloads:
    """The endpoints (`query FIELD` ...) of the schemas in these files.

    Files bound to one service, and all that are bound to none, complete each other; where two define the same type,
    each file means its own. A definition that cannot be read is a Problem and costs itself.
    """
    endpoints: list[Endpoint] = []
    problems: list[Problem] = []
    groups: dict[str | None, list[tuple[SchemaFile, list[Definition]]]] = defaultdict(list)
    for file in files:
        nodes, bad = _nodes(file)
        problems += bad
        found = [made for node in nodes if (made := definition(node, file.name))]
        groups[file.service].append((file, found))
        if not found and not bad:
            problems.append(Problem(file.name, 0, "no GraphQL type is defined in this file"))
    for service, group in groups.items():
        everything = [found for _, found in group]
        for file, own in group:
            endpoints += _endpoints(Types(own, everything), own, file, service)
    return Payloads(tuple(endpoints), (), tuple(problems))


def _endpoints(types: Types, own: list[Definition], file: SchemaFile, service: str | None) -> Iterator[Endpoint]:
    """The root fields that this very file defines: types of other files only complete it."""
    for operation, usual in _ROOTS.items():
        root = types.roots.get(operation, usual)
        for each in own:
            for field in each.fields if each.name == root else ():
                name = f"{operation} {field.name}"
                request, response = arguments_of(types, field, file.name), selectable(types, field, file.name)
                yield Endpoint("graphql", name, request, response, service, source=file.name, line=field.line)


def _nodes(file: SchemaFile) -> tuple[list[ast.DefinitionNode], list[Problem]]:
    """The definitions of a file. One that cannot be read is blanked out, and the rest read again."""
    text = file.data.decode("utf-8", errors="replace").removeprefix("\ufeff")
    problems: list[Problem] = []
    if text.lstrip().startswith("{") and '"__schema"' in text:
        try:
            text = _from_introspection(text)
        except (GraphQLError, TypeError, ValueError, LookupError, AttributeError, RecursionError):
            return [], [Problem(file.name, 0, "an answer to GraphQL introspection that could not be read")]
    while len(problems) < _MOST_BAD:
        try:
            return list(parse(Source(text), max_tokens=_MOST_TOKENS).definitions), problems
        except GraphQLError as error:
            if not text.strip():
                break
            at, line = next(iter(error.positions or ()), 0), error.locations[0].line if error.locations else 0
            problems.append(Problem(file.name, line, "a definition is not GraphQL that could be read"))
            starts = [match.start() for match in _START.finditer(text)]
            start = max((s for s in starts if s <= at), default=0)
            end = min((s for s in starts if s > max(at, start)), default=len(text))
            text = text[:start] + re.sub(r"[^\n]", " ", text[start:end]) + text[end:]
            if not text.strip():
                break
        except RecursionError:
            problems.append(Problem(file.name, 0, "types are nested too deeply to be read"))
            break
    return [], problems


def _from_introspection(text: str) -> str:
    """The schema in a server's answer to introspection, as SDL; directives on fields are not told there."""
    answer = json.loads(text)
    return print_schema(build_client_schema(answer.get("data") or answer))
