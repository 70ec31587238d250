"""Decisions: pure functions from facts to findings."""
