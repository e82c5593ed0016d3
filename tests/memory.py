"""How much memory a process holds (Linux)."""

from pathlib import Path


def resident(pid: int) -> int:
    """Bytes that it has in memory now."""
    return _held(pid, "VmRSS")


def peak(pid: int) -> int:
    """The most bytes that it had in memory since it began, or since ``forget_peak``."""
    return _held(pid, "VmHWM")


def forget_peak(pid: int) -> None:
    """Let the peak begin anew."""
    Path(f"/proc/{pid}/clear_refs").write_text("5")


def _held(pid: int, name: str) -> int:
    lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    return next(int(line.split()[1]) * 1024 for line in lines if line.startswith(f"{name}:"))
