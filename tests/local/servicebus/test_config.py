"""The file that lists the queues."""

from pathlib import Path

import pytest

from local.servicebus.config import QueueConfig, load_queues


def _file(tmp_path: Path, text: str) -> Path:
    path = tmp_path / "queues.json"
    path.write_text(text)
    return path


def test_a_queue_needs_no_more_than_a_name(tmp_path: Path) -> None:
    path = _file(tmp_path, '[{"name": "jobs"}, {"name": "alerts", "lock_seconds": 5}]')
    assert load_queues(path) == (QueueConfig("jobs"), QueueConfig("alerts", lock_seconds=5))


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("{}", "Expected `array`"),
        ("[{}]", "missing required field `name`"),
        ('[{"name": "a b"}]', r"\$\[0\]\.name"),
        ('[{"name": "a", "lock": 5}]', "unknown field `lock`"),
        ('[{"name": "a", "lock_seconds": 0}]', r"\$\[0\]\.lock_seconds"),
        ('[{"name": "a", "max_delivery_count": 0}]', r"\$\[0\]\.max_delivery_count"),
        ('[{"name": "a"}, {"name": "A"}]', "more than one queue is named a"),
        ("[", "truncated"),
    ],
)
def test_a_mistake_is_named_with_its_place(tmp_path: Path, text: str, complaint: str) -> None:
    path = _file(tmp_path, text)
    with pytest.raises(ValueError, match=complaint) as error:
        load_queues(path)
    assert str(path) in str(error.value)
