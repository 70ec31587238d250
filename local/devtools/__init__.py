"""What `dev.py` does once it has set itself up: test, check, bench, up, demo.

Only `interpreter` and `steps` run outside .venv: standard library, any Python from 3.9 on.
"""
