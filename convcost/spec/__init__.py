"""YAML text to graphs."""
