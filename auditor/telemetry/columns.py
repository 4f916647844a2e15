"""Arrow's arrays and functions, untyped: the stubs know fewer kinds of arguments and results than there are."""

from __future__ import annotations

from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute

Column: TypeAlias = Any  # an array of pyarrow
Ints: TypeAlias = npt.NDArray[np.int64]
Flags: TypeAlias = npt.NDArray[np.bool_]
pc: Any = pyarrow.compute


def matches(texts: Column, pattern: str) -> Flags:
    """Which texts hold something that matches."""
    found: Flags = pc.match_substring_regex(texts, pattern).fill_null(False).to_numpy(zero_copy_only=False)
    return found


def replaced(texts: Column, pattern: str, by: str) -> Column:
    """Texts with what matches replaced. To find that nothing does is much cheaper than to replace nothing."""
    found = matches(texts, pattern)
    if not found.any():
        return texts
    mask = pa.array(found)
    return pc.replace_with_mask(texts, mask, pc.replace_substring_regex(texts.filter(mask), pattern, by))


def first_of_each(column: Column) -> tuple[Ints, Ints]:
    """(where each distinct thing stands first, for each row the place of its own among them); no nulls."""
    encoded = column.dictionary_encode()
    which = encoded.indices.to_numpy(zero_copy_only=False).astype(np.int64)
    first = np.zeros(len(encoded.dictionary), np.int64)
    first[which[::-1]] = np.arange(len(which))[::-1]
    return first, which
