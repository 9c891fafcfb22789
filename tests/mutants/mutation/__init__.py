"""Planting mistakes into convcost and looking for them with its own means of verification."""
