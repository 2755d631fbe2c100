"""`python -m infra.tools` is `commonweal` of whatever copy of the repository it is called in."""

from infra.tools.cli import app

app()
