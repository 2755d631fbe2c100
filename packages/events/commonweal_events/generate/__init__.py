"""Generate typed classes from the JSON Schemas of events: `python -m commonweal_events.generate --help`."""
