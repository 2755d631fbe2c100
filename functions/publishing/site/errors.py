"""What a page says when there is no page: one for each status, as plain as can be."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

ERRORS: Mapping[int, tuple[str, Sequence[str]]] = {
    400: ("Sorry, this address does not work", ["The web address has something in it that no address of this site has."]),
    403: (
        "You cannot see this page",
        ["It is open only to some people.", "If you should be one of them, ask whoever sent you here for a new link."],
    ),
    404: (
        "Page not found",
        ["If you typed the web address, check it is correct.", "If you pasted the web address, check you copied all of it."],
    ),
    410: ("This page is no longer here", ["What was published here has been taken down."]),
    500: ("Sorry, there is a problem with this site", ["Try again in a moment. We know of the problem."]),
    503: ("Sorry, this site is not available", ["You will be able to use it again soon."]),
}
"""The heading and the sentences of each."""
