"""What has to be right before the service starts; all that is wrong is told at once."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from importlib.util import find_spec

from auditor.access.book import TokenBook, tokens_of
from auditor.access.setup import check_binding
from auditor.errors import AuditorError, ConfigError
from auditor.notify.webhook import secret_of
from auditor.operation.settings import Serve

Check = tuple[str, Callable[[], object]]
_EXTRAS = (("oidc", ("jwt", "cryptography")), ("tracing", ("opentelemetry.sdk", "opentelemetry.exporter")))


def checks(settings: Serve, environment: Mapping[str, str]) -> Iterator[Check]:
    """Names, and what raises AuditorError when it is not right."""
    yield "access", lambda: check_binding(settings, environment)
    yield "tokens", lambda: TokenBook(settings.tokens, tokens_of(environment))
    yield "packages", lambda: _check_packages(settings)
    if settings.webhook:
        yield "webhook", lambda: secret_of(environment)


def check_start(settings: Serve, environment: Mapping[str, str]) -> None:
    """Raises ConfigError with everything that is wrong."""
    wrong = []
    for _, check in checks(settings, environment):
        try:
            check()
        except AuditorError as error:
            wrong.append(str(error))
    if wrong:
        raise ConfigError("; ".join(wrong))


def _check_packages(settings: Serve) -> None:
    asked = {"oidc": settings.oidc, "tracing": settings.tracing}
    missing = [extra for extra, modules in _EXTRAS if asked[extra] and not all(map(_is_there, modules))]
    if missing:
        raise ConfigError(f"[serve] asks for more packages: install privacy-auditor[{','.join(missing)}]")


def _is_there(module: str) -> bool:
    try:
        return find_spec(module) is not None
    except ModuleNotFoundError:  # of a package above it
        return False
