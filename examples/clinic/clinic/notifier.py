"""The notifier: takes reminders from the queue and has the mail provider send them."""

from __future__ import annotations

import json
from typing import Any

from clinic.clients import outside
from clinic.queue import REMINDERS, open_queue
from clinic.wire import note

mail = outside("notifier", "mail.example.test")


def remind(channel: Any, delivery: Any, properties: Any, body: bytes) -> None:
    """One reminder, one mail. The message also holds a phone number, for the day when there are text messages."""
    reminder = json.loads(body)
    note(REMINDERS, "notifier", "message", "consume", "body", reminder)
    letter = {
        "template": "reminder",
        "to": {"email": reminder["email"], "name": f"{reminder['first_name']} {reminder['last_name']}"},
        "values": {"starts_at": reminder["starts_at"]},
    }
    mail.post("/v3/send", json=letter).raise_for_status()
    channel.basic_ack(delivery.delivery_tag)


def main() -> None:
    """Work until the process is stopped."""
    channel = open_queue()
    channel.basic_consume(REMINDERS, remind)
    channel.start_consuming()


if __name__ == "__main__":
    main()
