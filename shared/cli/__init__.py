"""The command line: the same diagnosis from a laptop."""
