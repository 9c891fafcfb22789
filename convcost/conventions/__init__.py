"""Conventions by name: those of convcost itself, those of other tools, which are data, and those of users."""

from __future__ import annotations

from convcost.conventions.named import convention, is_built_in, shipped

__all__ = ["convention", "is_built_in", "shipped"]
