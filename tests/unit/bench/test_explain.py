"""Tables of how often causes are found."""

import json
from collections.abc import Mapping
from pathlib import Path

import pytest

from bench.explain import main

RIGHT = {"id": "1", "platform": "docker", "message": "toomanyrequests", "root_cause": "throttled"}
WRONG = {**RIGHT, "id": "2", "root_cause": "network_tls"}
SILENT = {**RIGHT, "id": "3", "message": "?", "text_ambiguous": True}


def measured(path: Path, *lines: Mapping[str, object]) -> int:
    file = path / "labelled.jsonl"
    file.write_text("\n".join(map(json.dumps, lines)), encoding="utf-8")
    return main([str(file), "--by", "producer", "--misses"])


def test_right_and_unknown_are_counted(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert measured(tmp_path, RIGHT, SILENT) == 0
    shown = capsys.readouterr().out
    assert "| **all whose text tells the cause** | 1 | 1 | 0 | 0 | 0 |" in shown
    assert "| **all whose text is ambiguous** | 1 | 0 | 1 | 0 | 0 |" in shown
    assert "| docker | 2 | 1 | 1 | 0 | 0 |" in shown
    assert "3: throttled read as unknown (ambiguous)" in shown


def test_a_cause_claimed_wrongly_fails(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert measured(tmp_path, RIGHT, WRONG) == 1
    assert "2: network_tls read as throttled" in capsys.readouterr().out
