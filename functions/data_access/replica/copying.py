"""A compact copy of a replica, the same bytes for the same entries, however the replica came to them."""

from __future__ import annotations

from pathlib import Path

from functions.data_access.replica import tables
from functions.data_access.replica.connections import building
from functions.data_access.replica.replica import Replica

_ORDERS = {
    "about": "name",
    "origins": "id",
    "entries": "number",
    "records": "_id",
    "past": "_until",
    "removed": "_id",
}


def write_copy(replica: Replica, to: Path) -> Path:
    """Write what a replica stands at to a file that is not there yet."""
    with building(to) as made:
        tables.make_log(made)
        tables.make_records(made, replica.dictionary)
        made.execute("DELETE FROM about")
        for table, order in _ORDERS.items():
            rows = replica.connection.execute(f"SELECT * FROM {table} ORDER BY {order}")
            made.executemany(f"INSERT INTO {table} VALUES ({', '.join('?' * len(rows.description))})", rows)
        tables.index_log(made)
        tables.index_records(made, replica.dictionary)
    return to
