"""The webhook, signed as standardwebhooks.com says: `webhook-id`, `webhook-timestamp`, `webhook-signature`.

The signature is HMAC-SHA256 over `id.timestamp.body`. A receiver checks it, refuses old timestamps, and drops ids that
it has seen: a batch may come twice when its answer was lost.
"""

from __future__ import annotations

import binascii
import hashlib
import hmac
import json
from base64 import b64decode, b64encode
from collections.abc import Callable, Mapping
from dataclasses import asdict
from pathlib import Path

from auditor.access.secret import Secret
from auditor.errors import ConfigError
from auditor.notify.model import Batch
from auditor.outbound import Answer, OutboundError, send

VARIABLE = "AUDITOR_WEBHOOK_SECRET"
PREFIX = "whsec_"
LEAST = 24  # bytes of a key
Sender = Callable[..., Answer]


def secret_of(environment: Mapping[str, str]) -> Secret:
    """The key, from the variable or from the file that VARIABLE_FILE names. Raises ConfigError."""
    text = environment.get(VARIABLE, "")
    if not text and (file := environment.get(f"{VARIABLE}_FILE")):
        try:
            text = Path(file).read_text(encoding="utf-8").strip()
        except (OSError, UnicodeDecodeError):
            raise ConfigError(f"{VARIABLE}_FILE: the file cannot be read") from None
    secret = Secret(text)
    if len(_key(secret)) < LEAST:
        raise ConfigError(
            f"[serve.webhook] needs a key of at least {LEAST} bytes in {VARIABLE}, such as: openssl rand -base64 32"
        )
    return secret


def signature(secret: Secret, id: str, timestamp: int, body: bytes) -> str:
    """The value of `webhook-signature`."""
    text = f"{id}.{timestamp}.".encode() + body
    return "v1," + b64encode(hmac.new(_key(secret), text, hashlib.sha256).digest()).decode()


def deliver(url: str, secret: Secret, batch: Batch, now: float, sender: Sender = send) -> None:
    """Send a batch. Raises OutboundError unless the receiver says that it took it (2xx)."""
    news = [asdict(one) | {"title": one.title} for one in batch.news]
    body = json.dumps({"type": "exposures.raised", "exposures": news}).encode()
    headers = {
        "content-type": "application/json",
        "user-agent": "privacy-auditor",
        "webhook-id": batch.id,
        "webhook-timestamp": str(int(now)),
        "webhook-signature": signature(secret, batch.id, int(now), body),
    }
    answer = sender(url, "POST", body, headers, seconds=10.0, max_bytes=1 << 16)
    if not 200 <= answer.status < 300:
        raise OutboundError(f"status {answer.status}")


def _key(secret: Secret) -> bytes:
    """The bytes of a key: those that base64 says after `whsec_`, else those of the text."""
    text = secret.reveal()
    if not text.startswith(PREFIX):
        return text.encode("utf-8", "surrogatepass")
    try:
        return b64decode(text.removeprefix(PREFIX), validate=True)
    except (binascii.Error, ValueError):
        return b""
