"""What the name of a queue tells: whether it takes dead letters, and whether somebody works it off."""

DEAD_LETTERS = ("-dead", "-undelivered", "-relay-failures")
"""What a function gave up on, what a rule could not hand to its queue, and what a relay could not put on the bus."""
NOT_WORK = (*DEAD_LETTERS, "-replay")
"""Queues that nobody works off by itself."""
