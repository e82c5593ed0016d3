"""Measures a process's memory (Linux)."""

from pathlib import Path


def resident(pid: int) -> int:
    """The process's resident memory in bytes."""
    return _held(pid, "VmRSS")


def peak(pid: int) -> int:
    """The process's peak of resident memory in bytes since its start, or since ``forget_peak``."""
    return _held(pid, "VmHWM")


def forget_peak(pid: int) -> None:
    """Reset the process's peak to its current resident memory."""
    Path(f"/proc/{pid}/clear_refs").write_text("5")


def _held(pid: int, name: str) -> int:
    lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    return next(int(line.split()[1]) * 1024 for line in lines if line.startswith(f"{name}:"))
