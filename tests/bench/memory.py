"""How much memory a process holds."""

from pathlib import Path


def resident(pid: int) -> int:
    """Bytes that the process has in memory (Linux)."""
    lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    return next(int(line.split()[1]) * 1024 for line in lines if line.startswith("VmRSS:"))
