"""Thrift IDL files to payloads: every function of a service is an endpoint `Service/method`.

A request's paths start with the parameters' names. A response holds what the function returns from its root down, as
the result of the call, and the fields of the exceptions that it declares.
"""

from __future__ import annotations

import posixpath
from collections.abc import Iterator, Sequence

from auditor.schemas.payloads import Payloads, Problem, SchemaFile
from auditor.schemas.thrift_grammar import Function, Service, Type, parse
from auditor.schemas.thrift_walk import Scope, flatten, payload
from lineage.payload import Endpoint, Payload

_MOST_BASES = 32


def read(files: Sequence[SchemaFile]) -> Payloads:
    """The services of these files as endpoints, and every struct, union and exception as a message.

    Includes are looked up among `files` alone, by path and then by name. What cannot be read is a Problem.
    """
    parsed = [(file, parse(file.data.decode("utf-8", errors="replace").removeprefix("\ufeff"))) for file in files]
    scopes = {str(file.path): Scope(document, file.name) for file, document in parsed}
    endpoints: list[Endpoint] = []
    messages: list[Payload] = []
    problems: list[Problem] = []
    for file, document in parsed:
        scope = scopes[str(file.path)]
        problems += [
            Problem(file.name, line, "a definition is not Thrift that could be read") for line in document.problems
        ]
        for include in document.includes:
            found = _included(include, file, scopes)
            if found is None:
                problems.append(Problem(file.name, 0, "an included file is not among the schema files"))
            else:
                scope.includes[posixpath.basename(include).removesuffix(".thrift")] = found
        if not (document.structs or document.services or document.typedefs or document.enums or document.problems):
            problems.append(Problem(file.name, 0, "no Thrift definition was found in this file"))
    for file, document in parsed:
        scope = scopes[str(file.path)]
        messages += [payload(scope, struct) for struct in document.structs.values()]
        for service in document.services:
            for owner, function in _functions(scope, service):
                name = f"{service.name}/{function.name}"
                request, response = _request(owner, function, name), _response(owner, function)
                line = function.line if owner is scope else service.line
                endpoints.append(Endpoint("rpc", name, request, response, file.service, source=file.name, line=line))
    return Payloads(tuple(endpoints), tuple(messages), tuple(problems))


def _included(include: str, file: SchemaFile, scopes: dict[str, Scope]) -> Scope | None:
    beside = posixpath.normpath(posixpath.join(file.path.parent.as_posix(), include))
    if beside in scopes:
        return scopes[beside]
    ends = [scope for path, scope in scopes.items() if path == include or path.endswith("/" + include.lstrip("./"))]
    ends = ends or [s for path, s in scopes.items() if posixpath.basename(path) == posixpath.basename(include)]
    return ends[0] if ends else None


def _functions(scope: Scope, service: Service) -> Iterator[tuple[Scope, Function]]:
    """A service's own functions and those of the services that it extends, each with the file that it stands in."""
    names: set[str] = set()
    current: tuple[Scope, Service] | None = (scope, service)
    for _ in range(_MOST_BASES):
        if current is None:
            return
        owner, each = current
        for function in each.functions:
            if function.name not in names:
                names.add(function.name)
                yield owner, function
        current = owner.service(each.extends) if each.extends else None


def _request(scope: Scope, function: Function, name: str) -> Payload | None:
    if not function.parameters:
        return None
    fields, is_open = flatten(scope, function.parameters)
    return Payload(f"arguments of {name}", fields, is_open, scope.source, function.line)


def _response(scope: Scope, function: Function) -> Payload | None:
    if function.returns is None and not function.throws:
        return None
    fields, is_open = flatten(scope, function.throws, function.returns, function.line)
    return Payload(_shown(function.returns), fields, is_open, scope.source, function.line)


def _shown(type_: Type | None) -> str:
    if type_ is None:
        return "void"
    return f"{type_.name}<{', '.join(map(_shown, type_.inner))}>" if type_.inner else type_.name
