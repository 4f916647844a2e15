"""Presidio runs without a model and without a network: each test here runs with sockets blocked."""

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]

# urllib3 binds a socket to the local ::1 when it is imported, so sockets may be made here, but never connected.
BLOCKED = """
import os, socket
class Blocked(socket.socket):
    def refuse(self, *args):
        os._exit(3)
    connect = connect_ex = sendto = sendmsg = refuse
def refuse(*args, **kwargs):
    os._exit(3)
socket.socket = Blocked
socket.create_connection = socket.getaddrinfo = socket.gethostbyname = refuse
from classifiers.presidio import recognise
assert recognise("ada.lovelace@example.co.uk") == {"user.contact.email"}
assert recognise("457-55-5462", ["ssn"]) == {"user.government_id.national_identification_number"}
print("silent")
"""


def test_no_network_and_no_noise() -> None:
    done = subprocess.run(
        [sys.executable, "-W", "error::UserWarning", "-c", BLOCKED],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert (done.returncode, done.stdout.strip(), done.stderr) == (0, "silent", "")


def test_importing_the_classifiers_does_not_import_presidio() -> None:
    code = "import sys, classifiers.classify, classifiers.jsonl; sys.exit('presidio_analyzer' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], cwd=ROOT, check=False, timeout=60).returncode == 0


@pytest.mark.parametrize(
    ("value", "context", "expected"),
    [
        ("2125550123", ["order", "number"], set()),
        ("457-55-5462", ["ssn"], {"user.government_id.national_identification_number"}),
        ("457-55-5462 and a lot of other words after it", ["ssn"], set()),  # explains too little of the value
        ("1BvBMSEYstWetqTFn5Au4m4GFg7xJaNVN2", [], {"user.financial.bank_account"}),
        ("", [], set()),
        ("x" * 300, [], set()),
    ],
)
def test_recognise(value: str, context: list[str], expected: set[str]) -> None:
    from classifiers.presidio import recognise

    assert recognise(value, context) == expected
