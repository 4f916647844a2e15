"""All of classification in a process where every socket that would leave the machine ends it."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]

# urllib3 binds a socket to the local ::1 when it is imported, so sockets may be made here, but never connected.
EVERYTHING = """
import os, socket, sys
class Blocked(socket.socket):
    def refuse(self, *args):
        os.write(2, b"a connection was tried")
        os._exit(3)
    connect = connect_ex = sendto = sendmsg = refuse
def refuse(*args, **kwargs):
    os.write(2, b"a host was looked up")
    os._exit(3)
socket.socket = Blocked
socket.create_connection = socket.getaddrinfo = socket.gethostbyname = socket.gethostbyaddr = refuse

from auditor.classify import answers
from auditor.config import Config
from auditor.payload_labels import label_payloads
from classifiers.classify import classify_key
from classifiers.tools import Recogniser, Tools
from classifiers.values import scan_text
from lineage.payload import Payload, PayloadField

own = Recogniser("card", "user.unique_id", "identifier", patterns=("LC-[0-9]{4}",), words=("Otto Otter",))
config = Config(tools=Tools((own,), ("US", "CH"), sys.argv[1]))
samples = {
    "email": ["ada@example.org", "bo@example.co.uk", "cy@mail.example.com"],
    "tel": ["+41 44 668 18 00", "(212) 555-0123", "031 322 21 11"],
    "ssn": ["457-55-5462", "536-22-1234", "212-45-9812"],
    "id_no": ["44051401359", "02070803628", "90090515836"],
    "url": ["https://example.org/a", "http://www.example.com/b?c=d", "example.net"],
    "c7": ["LC-1234", "LC-9821", "LC-3344"],
    "notes": ["please call ada@example.org about the lamp", "the lamp of Jane Moore flickers again today"] * 3,
    "born": ["1956-02-03", "1988-12-01", "1972-07-15", "1999-01-30", "2001-05-06"],
    "code": ["A1-77777777", "B2-12345678", "C3-99999999"],
    "city": ["Berlin", "Paris", "Neustadt"],
    "ip": ["192.0.2.7", "2001:db8::1", "198.51.100.20"],
}
rows = [{"table": "customers", "column": name, "values": values} for name, values in samples.items()]
labelled = {answer["column"]: answer["labels"] for answer in answers(rows, config)}
assert all(labelled[name] for name in ("email", "tel", "ssn", "c7", "notes", "born", "ip")), labelled
assert scan_text("write to ada@example.co.uk or +41 44 668 18 00, 4111 1111 1111 1111")
assert classify_key("user_email", "checkout")
assert any(label_payloads([Payload("User", (PayloadField(("email",), "TEXT", format="email"),))], config).values())
print("silent")
"""


def test_classification_reaches_no_network(tmp_path: Path) -> None:
    make = "import spacy, sys; nlp = spacy.blank('en'); nlp.add_pipe('entity_ruler'); nlp.to_disk(sys.argv[1])"
    subprocess.run([sys.executable, "-W", "ignore", "-c", make, str(tmp_path)], check=True, timeout=120)
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", EVERYTHING, str(tmp_path)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=180,
    )
    assert (done.returncode, done.stdout.strip(), done.stderr) == (0, "silent", "")
