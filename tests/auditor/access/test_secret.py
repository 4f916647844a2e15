from __future__ import annotations

import json
import logging
import pickle
from dataclasses import asdict, dataclass

import pytest

from auditor.access.secret import MASK, Secret

CANARY = "canary-4f9d1c"


@dataclass(frozen=True)
class Holder:
    key: Secret


def test_no_way_of_printing_shows_it(caplog: pytest.LogCaptureFixture) -> None:
    holder = Holder(Secret(CANARY))
    logging.getLogger("auditor.test").warning("%s %r", holder.key, holder)
    shown = [repr(holder), str(holder.key), f"{holder.key:}", str(asdict(holder)), caplog.text]
    shown += [json.dumps(vars(holder), default=str), str([holder.key]), repr({"key": holder.key})]
    assert all(CANARY not in text and MASK in text for text in shown)


def test_it_is_not_written_down() -> None:
    with pytest.raises(TypeError, match="not to be written"):
        pickle.dumps(Secret(CANARY))


def test_it_is_known_by_its_digest_only() -> None:
    secret = Secret(CANARY)
    assert secret.digest() == Secret(CANARY).digest() != Secret(CANARY + "x").digest()
    assert CANARY not in secret.digest()
    assert secret != Secret(CANARY)
