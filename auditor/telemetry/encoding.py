"""How texts begin."""

from __future__ import annotations

BOM = b"\xef\xbb\xbf"  # UTF-8's mark, which some programs write and no format wants
