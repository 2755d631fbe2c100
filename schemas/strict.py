"""What every part of a department's file is built on: a field that is not declared is refused, and nothing changes once it is read."""

from pydantic import BaseModel, ConfigDict


class Strict(BaseModel):
    """A part of a file that says what it holds and nothing else."""

    model_config = ConfigDict(extra="forbid", frozen=True)
