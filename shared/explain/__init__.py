"""From an error text to its cause. Pure."""
