"""The command line, `commonweal`: one file for each command or group of commands, and beside it the subject it drives."""
