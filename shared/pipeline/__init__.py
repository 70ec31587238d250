"""Use cases. Read these to follow the app."""
