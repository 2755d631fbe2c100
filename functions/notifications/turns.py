"""Put a turn at telling a callback on its way. The message only wakes whoever tells: what is to be told waits in the table."""

from __future__ import annotations

import json
from dataclasses import asdict

from functions.common import clients, ids
from functions.common.settings import setting
from functions.notifications.store.lanes import Lane, Turn


def wake(lane: Lane, department: str) -> None:
    """There is news in a lane."""
    send(Turn(department, *lane, id=ids.new()))


def send(turn: Turn, pause: int = 0) -> None:
    """Put a turn on its way, to come after so many seconds. In the group of its service: a receiver that is slow delays nobody else's."""
    clients.sqs().send_message(
        QueueUrl=setting("CALLBACK_QUEUE"), MessageBody=json.dumps(asdict(turn)), MessageGroupId=turn.service_id, DelaySeconds=pause
    )
