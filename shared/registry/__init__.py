"""The pulled end: what a registry is, and what it answers."""
