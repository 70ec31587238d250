"""The machine on which it was measured, and what a process took of it."""

import os
import platform
import re
from pathlib import Path

CPU = Path("/proc/cpuinfo")
MEMORY = Path("/proc/meminfo")


def described() -> str:
    """Cores, memory, system and Python: what a figure means little without."""
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    model = _line(CPU, r"model name\s*:\s*(.+)") or platform.processor() or platform.machine()
    kilobytes = _line(MEMORY, r"MemTotal:\s*(\d+) kB")
    memory = f", {int(kilobytes) / 1024 / 1024:.0f} GB" if kilobytes else ""
    return (
        f"{cores} cores ({model}){memory}, {platform.system()} {platform.release()}, "
        f"Python {platform.python_version()}"
    )


def peak_megabytes(pid: int) -> float | None:
    """The most memory that a process ever held; None where the system does not tell (no Linux)."""
    kilobytes = _line(Path(f"/proc/{pid}/status"), r"VmHWM:\s*(\d+) kB")
    return int(kilobytes) / 1024 if kilobytes else None


def _line(file: Path, pattern: str) -> str:
    try:
        found = re.search(pattern, file.read_text(encoding="utf-8"))
    except OSError:
        return ""
    return found[1].strip() if found else ""
