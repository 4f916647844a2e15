"""From settings to a doorman, and the refusal to listen where anybody could come in."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from auditor.access.book import TokenBook, tokens_of
from auditor.access.decide import Doorman, Recogniser
from auditor.errors import ConfigError
from auditor.operation.settings import Oidc, Serve, is_loopback

if TYPE_CHECKING:
    from auditor.access.oidc import OidcTokens


@dataclass(frozen=True, slots=True)
class Access:
    """The doorman, and checks of what he goes by: each of `troubles` gives a sentence about what is wrong, or None."""

    doorman: Doorman
    troubles: Mapping[str, Callable[[], str | None]]


def doorman_of(settings: Serve, environment: Mapping[str, str]) -> Access:
    """Who guards a service with these settings. Raises ConfigError when its tokens cannot be read."""
    recognisers: list[Recogniser] = []
    troubles: dict[str, Callable[[], str | None]] = {}
    if settings.tokens or tokens_of(environment):
        book = TokenBook(settings.tokens, tokens_of(environment))
        recognisers.append(book)
        troubles["tokens"] = book.trouble
    if settings.oidc:
        tokens = _oidc_tokens(settings.oidc)
        tokens.keys.refresh()
        recognisers.append(tokens)
        troubles["oidc"] = lambda: tokens.keys.trouble
    return Access(Doorman(recognisers, settings.limits), troubles)


def check_binding(settings: Serve, environment: Mapping[str, str]) -> None:
    """Refuse to listen beyond this machine without authentication. Raises ConfigError."""
    if is_loopback(settings.host):
        return
    if not (settings.tokens or settings.oidc or tokens_of(environment)):
        raise ConfigError(
            f"{settings.host}: without authentication only loopback is served. Make a token with 'auditor token new "
            "NAME --scope read --file tokens.toml' and give --tokens tokens.toml (serve.tokens in auditor.toml); or "
            "configure [serve.oidc]"
        )
    if not settings.hosts:
        raise ConfigError(
            f"{settings.host}: say by which names the service is reached, since requests for others are refused: "
            'serve.hosts = ["audit.example.com"] in auditor.toml'
        )


def _oidc_tokens(settings: Oidc) -> OidcTokens:
    try:
        from auditor.access.oidc import OidcTokens
    except ImportError:
        raise ConfigError("[serve.oidc] needs one more package: install privacy-auditor[oidc]") from None
    return OidcTokens(settings)
