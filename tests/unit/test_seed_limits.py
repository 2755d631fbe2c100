"""What the platform of a laptop is seeded with is within what its departments may send."""

from functions.common.limits import Bucket
from infra import declarations
from infra.local.seed import COUNCILS, REGISTER, events_of


def test_the_seeded_register_fits_into_one_burst() -> None:
    (department,) = [one for one in declarations.load() if one.department == COUNCILS[0]]
    bucket = Bucket(department.limits.events_per_minute or 0)
    assert len(list(events_of(REGISTER))) <= bucket.depth // bucket.interval
