"""Channels: where people read alerts."""
