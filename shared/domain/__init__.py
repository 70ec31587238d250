"""The nouns and the pure rules. Nothing here does I/O; time is an argument."""
