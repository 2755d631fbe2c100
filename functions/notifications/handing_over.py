"""Hand a notification to whoever carries it, once, whatever its channel."""

from __future__ import annotations

from collections.abc import Callable

from functions.common.settings import stage
from functions.notifications import simulator
from functions.notifications.notification import Notification
from functions.notifications.port import Message, NotTaken, Provider, Rejected, Taken, Unprintable
from functions.notifications.store import messages
from schemas.platform import NotificationAccepted


def hand_over(event: NotificationAccepted, compose: Callable[[Notification], Message], live: Provider) -> None:
    """Claim it, send it, and record what the provider calls it."""
    with messages.claim(str(event.service_id), str(event.notification_id)) as notification:
        taken = choose(notification, live).send(_composed(notification, compose))
        messages.record_sent(notification, taken)


def _composed(notification: Notification, compose: Callable[[Notification], Message]) -> Message:
    try:
        return compose(notification)
    except (Unprintable, Rejected):
        raise
    except Exception as failure:
        # Nothing has left: what it is made from could not be had, and may be in a moment.
        raise NotTaken(f"not composed: {type(failure).__name__}") from None


def choose(notification: Notification, live: Provider) -> Provider:
    """Who carries this notification. Test keys never reach anybody; on a laptop receipts are simulated, for nothing there sends them."""
    if notification.key_type == "test":
        return Simulator()
    return WithSimulatedReceipts(live) if stage() == "local" else live


class Simulator:
    """Takes everything, sends nothing, and gives the receipts that the recipient stands for."""

    def send(self, message: Message) -> Taken:
        """Take a message."""
        taken = simulator.take(message)
        simulator.give_receipt(message, taken.reference)
        return taken


class WithSimulatedReceipts:
    """A live provider whose receipts are simulated."""

    def __init__(self, live: Provider) -> None:
        self._live = live

    def send(self, message: Message) -> Taken:
        """Hand a message over, and have its receipt come back."""
        taken = self._live.send(message)
        simulator.give_receipt(message, taken.reference)
        return taken
