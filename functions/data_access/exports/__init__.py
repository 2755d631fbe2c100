"""The files of a snapshot: a register as at one entry, written so that whoever takes one needs nothing else of the platform.

| file              | what stands in it                                                                                         |
|-------------------|-----------------------------------------------------------------------------------------------------------|
| `records.csv.gz`  | a header and a line for each record; the same as `records.csv` where that is not too large for a spreadsheet |
| `records.ndjson.gz` | a JSON object for each record, a line each                                                              |
| `records.parquet` | the records, typed                                                                                        |
| `history.parquet` | every row that there has been: from entry `_entry` until entry `_until`, which is null for what stands    |
| `replica.sqlite`  | the whole log and the records, as `functions/data_access/replica/tables.py` has them                      |

The same entries give the same bytes, whoever writes them and when.
"""
