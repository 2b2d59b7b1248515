"""Where a hub keeps what it holds: the interface, and the stores behind it."""
