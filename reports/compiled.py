"""Keeps compiled templates beside them, as Python keeps compiled modules: compiling takes longer than a small audit."""

from __future__ import annotations

import contextlib
import hashlib
import sys
from collections.abc import Sequence
from pathlib import Path

import jinja2
from jinja2.bccache import Bucket, FileSystemBytecodeCache


class CompiledTemplates(FileSystemBytecodeCache):
    """Compiled templates in `folder/__pycache__`, where that can be written. One is used as long as neither its source
    nor the `makers`, modules whose functions compiled templates may hold results of, have changed."""

    def __init__(self, folder: Path, makers: Sequence[Path]) -> None:
        super().__init__(str(folder / "__pycache__"), f"%s.jinja-{jinja2.__version__}")
        self._makers = hashlib.sha256(b"".join(maker.read_bytes() for maker in makers)).hexdigest()

    def get_source_checksum(self, source: str) -> str:
        """Of the template and of the makers."""
        return super().get_source_checksum(source) + self._makers

    def load_bytecode(self, bucket: Bucket) -> None:
        """Use what is kept; what cannot be read is not there."""
        with contextlib.suppress(OSError):
            super().load_bytecode(bucket)

    def dump_bytecode(self, bucket: Bucket) -> None:
        """Keep it, unless Python is told to keep nothing compiled, or the folder is not ours to write."""
        if sys.dont_write_bytecode:
            return
        with contextlib.suppress(OSError):
            Path(self.directory).mkdir(exist_ok=True)
            super().dump_bytecode(bucket)
