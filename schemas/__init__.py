"""The contracts: what may be said on the bus, in the form both machines and people check it."""
