"""The files of a snapshot: a register as at one entry, written so that whoever takes one needs nothing else of the platform.

| file                | what stands in it                                                                                         |
|---------------------|-----------------------------------------------------------------------------------------------------------|
| `records.csv.gz`    | a header and a line for each record; `records.csv` is the same, where it is not too large to look at      |
| `records.ndjson.gz` | a JSON object for each record, a line each                                                                |
| `history.parquet`   | every row that there has been: from entry `_entry` until entry `_until`, which is null for what stands    |
| `records.parquet`   | the records, typed                                                                                        |
| `replica.sqlite`    | the whole log and the records (`functions/data_access/replica/tables.py`), where it has no more than 4 GB |

The same entries give the same bytes, whoever writes them and when.
"""
