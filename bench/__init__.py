"""What is measured, against which bound: `python -m bench` (docs/performance.md explains it)."""
