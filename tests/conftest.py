"""What holds for every test."""

import os

from hypothesis import settings

# The same examples each time where a failure must be one that anybody can repeat; others wherever a new one may be found.
settings.register_profile("commonweal", deadline=None, derandomize="CI" in os.environ, print_blob=True)
settings.load_profile("commonweal")
