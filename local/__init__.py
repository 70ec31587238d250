"""One machine, no Azure: the other side of the wire. Never deployed."""
