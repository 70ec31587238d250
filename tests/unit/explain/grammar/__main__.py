"""``python -m tests.unit.explain.grammar > FILE.jsonl``: the generated texts, labelled."""

from tests.unit.explain.grammar import write

write()
