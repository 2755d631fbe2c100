"""The names of a snapshot's files, and what each is."""

from __future__ import annotations

MEDIA_TYPES = {
    "records.csv": "text/csv; charset=utf-8",
    "records.csv.gz": "application/gzip",
    "records.ndjson.gz": "application/gzip",
    "records.parquet": "application/vnd.apache.parquet",
    "history.parquet": "application/vnd.apache.parquet",
    "replica.sqlite": "application/vnd.sqlite3",
}
