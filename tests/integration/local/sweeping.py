"""One thread puts events on a queue while another sweeps it, as the emulator's own threads do; prints how many were sent and kept."""

import json
import os
import sys
import threading
from tempfile import TemporaryDirectory

os.environ |= {"STATE_DIR": TemporaryDirectory().name, "LOG_LEVEL": "ERROR", "MINISTACK_REGION": "eu-west-2"}

from infra.local.emulator import lose_no_message_between_threads
from infra.local.upstream import upstream

SENT = 20_000


def main() -> None:
    sys.setswitchinterval(1e-6)
    if "as-it-comes" not in sys.argv:
        lose_no_message_between_threads()
    create, queues = upstream("services.sqs", "_act_create_queue"), upstream("services.sqs", "_queues")
    create({"QueueName": "dead"}, "")
    redrive = json.dumps({"deadLetterTargetArn": "arn:aws:sqs:eu-west-2:000000000000:dead", "maxReceiveCount": 5})
    create({"QueueName": "busy", "Attributes": {"RedrivePolicy": redrive}}, "")
    queue = next(one for one in queues.all_values() if one["name"] == "busy")
    target = upstream("core.arn", "parse_arn")(queue["attributes"]["QueueArn"])
    done = threading.Event()

    def sweep() -> None:
        while not done.is_set():
            upstream("services.sqs", "_dlq_sweep")(queue)

    sweeper = threading.Thread(target=sweep)
    sweeper.start()
    kept: set[str] = set()
    for number in range(SENT):
        upstream("services.eventbridge", "_dispatch_to_sqs")(target, json.dumps({"n": number}), {})
        if number % 100 == 99:  # what a consumer would take, so that the queue stays short
            with upstream("services.sqs", "_queues_lock"):
                kept.update(message["body"] for message in queue["messages"])
                queue["messages"].clear()
    done.set()
    sweeper.join()
    kept.update(message["body"] for message in queue["messages"])
    print(json.dumps({"sent": SENT, "kept": len(kept)}))


main()
