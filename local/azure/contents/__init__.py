"""What registries hold and how it changes: state only, no wire."""
