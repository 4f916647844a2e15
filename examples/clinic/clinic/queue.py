"""The broker (RabbitMQ) and what waits there. `schema/reminder.avsc` tells what a reminder holds."""

from __future__ import annotations

import pika

from clinic.settings import setting

REMINDERS = "appointment-reminders"


def open_queue() -> pika.adapters.blocking_connection.BlockingChannel:
    """A channel of the broker on which the queue is known."""
    where = pika.ConnectionParameters("127.0.0.1", int(setting("broker_port")), heartbeat=0)
    channel = pika.BlockingConnection(where).channel()
    channel.queue_declare(REMINDERS, durable=True)
    return channel
