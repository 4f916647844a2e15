"""A text that must not be seen: no repr, log line, error or dump of a configuration shows it."""

from __future__ import annotations

from hashlib import sha256

MASK = "********"


class Secret:
    """Wraps a secret text. Only `reveal` gives it away; it is neither printed, compared, pickled nor iterated."""

    __slots__ = ("_text",)

    def __init__(self, text: str) -> None:
        self._text = text

    def reveal(self) -> str:
        """The secret itself, for the one call that needs it."""
        return self._text

    def digest(self) -> str:
        """SHA-256 in hexadecimal: enough at rest for a random secret of 256 bits, which no one can guess through."""
        return sha256(self._text.encode("utf-8", "surrogatepass")).hexdigest()

    def __repr__(self) -> str:
        return MASK

    __str__ = __repr__

    def __deepcopy__(self, _: object) -> Secret:
        return self  # so that settings can be shown as a dictionary, with the mask in its place

    def __reduce__(self) -> str:
        raise TypeError("a secret is not to be written down")
