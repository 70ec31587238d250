"""Described Azures: `load` reads one from YAML."""

from local.estates.loader import load, loads
from local.estates.mistakes import EstateError, Mistake
from local.estates.model import Estate

__all__ = ["Estate", "EstateError", "Mistake", "load", "loads"]
