"""The kinds of failure of a consumer, by type: they decide what becomes of a message. Any other exception is tried again."""


class Invalid(Exception):
    """It cannot be understood and never will be: it goes to the invalid messages, and is not tried again. `field` says where."""

    def __init__(self, message: str, field: str = "") -> None:
        super().__init__(f"{field}: {message}" if field else message)
        self.message = message
        self.field = field


class Stale(Exception):
    """Something newer is already there: told and dropped."""


class Busy(Exception):
    """Another delivery of the same event is being handled: this one comes back later."""
