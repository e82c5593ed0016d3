"""Measures a process's processor time (Linux)."""

import os
from pathlib import Path


def processor_seconds(pid: int) -> float:
    """Processor seconds of all threads of the process since its start, in user and kernel mode."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    user, system = fields[11:13]
    return (int(user) + int(system)) / os.sysconf("SC_CLK_TCK")
