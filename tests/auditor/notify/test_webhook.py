from __future__ import annotations

import base64
import hashlib
import hmac
from pathlib import Path
from typing import Any

import pytest

from auditor.access.secret import Secret
from auditor.errors import ConfigError
from auditor.notify.model import Batch, News
from auditor.notify.webhook import VARIABLE, deliver, secret_of, signature
from auditor.outbound import Answer, OutboundError

NEWS = News(
    7, "e1-0", "user.contact.email", "outsider", "mail.example.com", "new", "observed", "high", "2026-03-01T00:00:00Z"
)


def test_the_vector_of_the_specification() -> None:
    """The example of standardwebhooks.com."""
    secret = Secret("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw")
    body = b'{"test": 2432232314}'
    found = signature(secret, "msg_p5jXN8AQM9LWM0D4loKWxJek", 1614265330, body)
    assert found == "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="


def test_a_receiver_can_check_what_it_is_sent() -> None:
    sent: dict[str, Any] = {}

    def sender(url: str, method: str, body: bytes, headers: dict[str, str], **_: Any) -> Answer:
        sent.update(url=url, body=body, **headers)
        return Answer(200, b"")

    key = "k" * 32
    deliver("https://hook.example/", Secret(key), Batch((NEWS,), 0), 1_700_000_000.9, sender)
    text = b".".join([sent["webhook-id"].encode(), sent["webhook-timestamp"].encode(), sent["body"]])
    wanted = "v1," + base64.b64encode(hmac.new(key.encode(), text, hashlib.sha256).digest()).decode()
    assert sent["webhook-signature"] == wanted
    assert sent["webhook-timestamp"] == "1700000000"
    assert b"mail.example.com" in sent["body"]
    assert key.encode() not in repr(sent).encode()


@pytest.mark.parametrize("status", [199, 300, 302, 400, 500])
def test_only_2xx_is_taken(status: int) -> None:
    with pytest.raises(OutboundError, match=str(status)):
        deliver("https://hook.example/", Secret("k" * 32), Batch((NEWS,), 0), 0, lambda *_, **__: Answer(status, b""))


def test_where_the_key_comes_from(tmp_path: Path) -> None:
    file = tmp_path / "key"
    file.write_text("k" * 32 + "\n")
    assert secret_of({VARIABLE: "x" * 32}).reveal() == "x" * 32
    assert secret_of({f"{VARIABLE}_FILE": str(file)}).reveal() == "k" * 32


@pytest.mark.parametrize("text", ["", "short", "whsec_", "whsec_c2hvcnQ=", "whsec_" + "!" * 40])
def test_a_weak_key_is_refused_and_not_quoted(text: str) -> None:
    with pytest.raises(ConfigError) as caught:
        secret_of({VARIABLE: text})
    assert "openssl rand" in str(caught.value)
    assert not text or text not in str(caught.value)
