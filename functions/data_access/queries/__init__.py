"""What may be asked of a dataset: one query, however it was asked (in a URL, in CKAN's filters), for whichever engine answers it.

`query.py` says what a query is; `parameters.py` and `filters.py` read one; `sql.py` writes it down for SQLite and for Athena.
"""
