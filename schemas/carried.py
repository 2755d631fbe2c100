"""The one type of event that holds another whole, and for how long it is kept, whatever that other one's department asks."""

CARRIER = "platform.ForwardRequested.v1"
CARRIER_DAYS = 30
"""Longer than a dead-letter queue keeps what could not be handed on."""
