"""CDK constructs for the apps of departments that stand beside Commonweal, each in its own account.

The rules are the platform's own, and the platform itself is built with them: what is kept is encrypted with a key of one's own, logs end,
nothing is public, every queue has a dead-letter queue, every dead-letter queue an alarm, and a function may do what it was given alone.
"""

from commonweal_constructs.alarm import alarm
from commonweal_constructs.findings import acknowledge
from commonweal_constructs.foundation import AlarmTopic, EncryptionKey, Foundation
from commonweal_constructs.function import Function
from commonweal_constructs.log import Log
from commonweal_constructs.outbox import OutboxTable
from commonweal_constructs.platform import Commonweal
from commonweal_constructs.publisher import EventPublisher, let_publish
from commonweal_constructs.queue import DeadLetterQueue, WorkQueue
from commonweal_constructs.stage import DepartmentStage, Stage
from commonweal_constructs.subscription import SubscriptionConsumer
from commonweal_constructs.table import Table

__all__ = [
    "AlarmTopic",
    "Commonweal",
    "DeadLetterQueue",
    "DepartmentStage",
    "EncryptionKey",
    "EventPublisher",
    "Foundation",
    "Function",
    "Log",
    "OutboxTable",
    "Stage",
    "SubscriptionConsumer",
    "Table",
    "WorkQueue",
    "acknowledge",
    "alarm",
    "let_publish",
]
