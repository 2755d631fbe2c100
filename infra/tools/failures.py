"""What stops a command."""


class Failed(RuntimeError):
    """The command cannot go on; the text is the line that says why, and what to do."""
