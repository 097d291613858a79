"""What this node has written down already in the running hour."""


class Recent:
    """A set of keys that empties itself when the hour changes, and when it grows too large."""

    MOST = 50_000

    def __init__(self) -> None:
        self._hour = -1
        self._keys: set[str] = set()

    def has(self, hour: int, key: str) -> bool:
        """Whether `add` was called with this hour and key."""
        return hour == self._hour and key in self._keys

    def add(self, hour: int, key: str) -> None:
        """Remember the key for the rest of this hour."""
        if hour != self._hour or len(self._keys) >= self.MOST:
            self._hour, self._keys = hour, set()
        self._keys.add(key)
