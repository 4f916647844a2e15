"""Arrow's arrays and functions, untyped: the stubs know fewer kinds of arguments and results than there are."""

from __future__ import annotations

from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt
import pyarrow.compute

Column: TypeAlias = Any  # an array of pyarrow
Ints: TypeAlias = npt.NDArray[np.int64]
Flags: TypeAlias = npt.NDArray[np.bool_]
pc: Any = pyarrow.compute
