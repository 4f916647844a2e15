"""How much memory a process has used."""

from __future__ import annotations

from pathlib import Path


def peak_bytes(process: int | str = "self") -> int:
    """The most memory that a process held at once, in bytes, since it began its program (Linux, proc(5): VmHWM).

    Not `ru_maxrss`: a process inherits that from the one that started it, however large, across fork and exec.
    """
    status = Path(f"/proc/{process}/status").read_text()
    return int(next(line for line in status.splitlines() if line.startswith("VmHWM")).split()[1]) << 10
