"""How bundling refuses."""


class CannotBundle(Exception):
    """A function reaches what cannot be bundled; the message names the file and what it wants."""


class NotSelfContained(Exception):
    """A bundle's handler does not import from the bundle, the standard library and the runtime alone."""
