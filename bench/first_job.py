"""A process that loads the app and does one job, told on stdin: `python -m bench.first_job T`.

T is when the process was started (seconds since the epoch). Prints when the app was imported and
when the job was done, in seconds since T.
"""

import asyncio
import json
import os
import sys
import time


def main() -> None:
    """Load the app as the Functions worker does, and do the job."""
    started = float(sys.argv[1])
    import function_app  # noqa: PLC0415 - this is what is measured

    imported = time.time() - started
    asyncio.run(_do(sys.stdin.buffer.read()))
    assert function_app.app
    print(json.dumps({"imported": imported, "done": time.time() - started}), flush=True)
    os._exit(0)  # its connections end with the process, as where the platform ends it


async def _do(body: bytes) -> None:
    from shared.bootstrap import urgent  # noqa: PLC0415 - loaded with the app
    from shared.pipeline.work import on_job  # noqa: PLC0415 - as above

    await on_job(urgent(), body, "bench")


if __name__ == "__main__":
    main()
