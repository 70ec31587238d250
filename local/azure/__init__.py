"""The world outside: Azure as its clients see it, described by an estate. Never deployed."""
