"""The pulling end: one module per Azure service that runs images."""
