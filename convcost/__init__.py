"""Exact, symbolic and verified cost models of convolutional networks."""

__version__ = "0.1.0"
