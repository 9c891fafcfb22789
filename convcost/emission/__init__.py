"""From a graph to the text of a spec that a person could have written."""

from convcost.emission.write import write

__all__ = ["write"]
