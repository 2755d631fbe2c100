"""Who says what on the bus, who hears it and what follows, read from the synthesised templates and the compiled declarations."""
