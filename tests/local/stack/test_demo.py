"""`demo`: what was observed, as JSON that a program can rely on."""

import json
import subprocess
import sys
from pathlib import Path

from tests.local.stack.conftest import APP, Make, call

ROOT = APP.parents[3]


def demo(state: Path, app: Path) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "local", "--state", str(state), "demo", "--once", "--json"]
    return subprocess.run(  # noqa: S603 - our own module
        [*command, "--app", str(app)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=100,
        check=False,
    )


def test_a_stack_that_does_not_start_is_told_as_json_too(tmp_path: Path) -> None:
    answer = demo(tmp_path / "state", tmp_path / "nowhere")
    told = json.loads(answer.stdout)
    assert (answer.returncode, told["ok"]) == (1, False)
    assert set(told["steps"][0]) == {"name", "expected", "observed", "ok", "seconds"}
    assert "functions did not start" in answer.stderr


async def test_a_fresh_stack_has_forgotten_what_the_app_kept(make: Make) -> None:
    async with make() as stack:
        await call(stack, "PUT", "api/rows/old")
        await stack.control.do("push", image="contoso/shop/cart:old")
        assert await stack.inbox.messages(wait=20)
    async with make(fresh=True) as stack:
        await call(stack, "PUT", "api/rows/new")
        assert await call(stack, "GET", "api/rows") == ["new"]
        assert not await stack.inbox.messages()
