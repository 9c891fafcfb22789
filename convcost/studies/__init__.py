"""Studies: pure functions over analyses."""
