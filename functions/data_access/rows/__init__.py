"""Files that departments send: read as they stream, row by row, in bounded memory."""
