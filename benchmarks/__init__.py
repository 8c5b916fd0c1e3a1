"""Measures what the tests never judge: speed, jitter, memory. Run with `make bench`."""
