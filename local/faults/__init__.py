"""Planted faults: every problem on every platform where it can occur, and what the app says."""
