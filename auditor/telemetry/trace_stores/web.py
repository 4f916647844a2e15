"""Asking an HTTP API: bounded in size and time, patient with a store that is busy, silent about what it answers."""

from __future__ import annotations

import time
from base64 import b64encode
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from urllib.parse import urlencode

from urllib3 import BaseHTTPResponse, Retry, Timeout
from urllib3.exceptions import (
    ConnectTimeoutError,
    DecodeError,
    HTTPError,
    InvalidHeader,
    MaxRetryError,
    NameResolutionError,
    NewConnectionError,
    ReadTimeoutError,
    SSLError,
)

from auditor.errors import InputError
from auditor.telemetry.trace_stores.address import TOKEN, Address
from auditor.telemetry.trace_stores.network import FORBIDDEN, Connections, ForbiddenAddress

Query = Sequence[tuple[str, str | int]]
_BUSY = frozenset((429, 500, 502, 503, 504))
_CHUNK = 1 << 16
_HINTS = {
    400: "does not understand what is asked of it",
    401: f"wants to know who asks: put USER:PASSWORD@ into the URL, or a token into {TOKEN}",
    403: "does not let this user read traces",
    404: "has no such API there: name the address of its query API",
    429: "is too busy",
}
_REASONS: tuple[tuple[type[Exception], str], ...] = (
    (ForbiddenAddress, FORBIDDEN),
    (NameResolutionError, "there is no such host"),
    (SSLError, "its certificate cannot be verified, or it does not speak TLS"),
    (ConnectTimeoutError, "it cannot be reached in time"),
    (NewConnectionError, "it cannot be reached"),
    (ReadTimeoutError, "it does not answer in time"),
    (DecodeError, "its answer is damaged"),
)
_HOPELESS = (ForbiddenAddress, NameResolutionError, SSLError)


@dataclass(frozen=True, slots=True)
class Patience:
    """`attempts` at a request; seconds before the second one (each pause is twice the one before), the longest pause
    that is taken, the longest silence and the longest request; bytes of the largest answer, unpacked."""

    attempts: int = 5
    pause: float = 0.5
    longest_pause: float = 60
    silence: float = 60
    request: float = 300
    answer: int = 64 << 20
    sleep: Callable[[float], None] = time.sleep


class TooLarge(Exception):
    """An answer of more bytes than may be."""


class Web:
    """The HTTP API at an address. `received` counts the bytes of all answers, unpacked."""

    def __init__(self, address: Address, patience: Patience | None = None) -> None:
        self._address, self._patience = address, patience or Patience()
        self._connections = Connections(maxsize=8)
        self._headers = {"Accept-Encoding": "gzip", "User-Agent": "privacy-auditor", **_who(address)}
        self.received = 0

    def close(self) -> None:
        """Close all connections."""
        self._connections.clear()

    def problem(self, why: str) -> InputError:
        """What is to be raised when the store cannot be read."""
        return InputError(f"{self._address.shown}: cannot be read: {why}")

    def get(
        self, path: str, query: Query = (), accept: str = "application/json", empty: Collection[int] = ()
    ) -> bytes | None:
        """The body of the answer; None when its status is one of `empty`.

        Raises TooLarge, and InputError when it cannot be had.
        """
        url = f"{self._address.url}{path}" + (f"?{urlencode(query)}" if query else "")
        pause = self._patience.pause
        for left in reversed(range(self._patience.attempts)):
            wait: float = pause
            try:
                response = self._open(url, accept)
                with response:
                    if response.status == 200:
                        return self._body(response)
                    if response.status in empty:
                        return None
                    why = _status(response.status)
                    if response.status not in _BUSY or not left:
                        raise self.problem(why)
                    wait = max(wait, _retry_after(response))
            except (HTTPError, ForbiddenAddress, OSError) as error:
                why, is_hopeless = _reason(error)
                if is_hopeless or not left:
                    raise self.problem(why) from None
            if wait > self._patience.longest_pause:
                raise self.problem(f"{why} and asks to come back in {wait:.0f} seconds")
            self._patience.sleep(wait)
            pause *= 2
        raise self.problem("it was not asked")  # no attempts

    def _open(self, url: str, accept: str) -> BaseHTTPResponse:
        timeout = Timeout(connect=min(10, self._patience.silence), read=self._patience.silence)
        response: BaseHTTPResponse = self._connections.request(
            "GET",
            url,
            headers={**self._headers, "Accept": accept},
            preload_content=False,
            retries=Retry(0, redirect=False),
            timeout=timeout,
        )
        return response

    def _body(self, response: BaseHTTPResponse) -> bytes:
        end = time.monotonic() + self._patience.request
        parts: list[bytes] = []
        size = 0
        while part := response.read1(_CHUNK, decode_content=True):
            parts.append(part)
            size += len(part)
            self.received += len(part)
            if size > self._patience.answer:
                raise TooLarge
            if time.monotonic() > end:
                raise ReadTimeoutError(None, "", "")  # type: ignore[arg-type]  # as when nothing comes any more
        return b"".join(parts)


def _who(address: Address) -> dict[str, str]:
    headers = {"X-Scope-OrgID": address.tenant} if address.tenant else {}
    if address.token:
        headers["Authorization"] = f"Bearer {address.token}"
    elif address.user is not None:
        pair = f"{address.user}:{address.password or ''}".encode()
        headers["Authorization"] = f"Basic {b64encode(pair).decode()}"
    return headers


def _status(status: int) -> str:
    if 300 <= status < 400:
        return "it sends elsewhere, where nothing is asked: name the address that it leads to"
    return f"it {_HINTS.get(status, 'does not answer as it should')} (HTTP status {status})"


def _retry_after(response: BaseHTTPResponse) -> float:
    """The seconds after which it says it may be asked again; 0 when it says nothing that can be understood."""
    try:
        return Retry().get_retry_after(response) or 0
    except InvalidHeader:
        return 0


def _reason(error: Exception) -> tuple[str, bool]:
    """Why there is no answer, in words of our own, and whether there can be none."""
    if isinstance(error, MaxRetryError) and error.reason is not None:
        error = error.reason
    words = next((words for kind, words in _REASONS if isinstance(error, kind)), "the connection breaks off")
    return words, isinstance(error, _HOPELESS)
