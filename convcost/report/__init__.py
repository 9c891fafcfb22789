"""How results look: one table model, one renderer per format, and formulas as text."""
