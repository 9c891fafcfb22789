"""Bounds on what a spec may ask for: each has its own error, and none is near what a real network needs."""

from typing import Final

MAX_BYTES: Final = 16 * 1024 * 1024
MAX_DEPTH: Final = 64
"""Nesting of the YAML text, aliases included."""
MAX_NODES: Final = 1_800_000
"""Texts, and beginnings and ends of lists and mappings: more than a hundred thousand layers, in less than 500 MB."""
MAX_ALIASED: Final = 100_000
"""Nodes visited through aliases: what a few lines of ``&a [*b, *b]`` blow up."""
MAX_ERRORS: Final = 20
MAX_REPEAT: Final = 100_000
MAX_LAYERS: Final = 400_000
"""Nodes of the graph, and steps on the way to it."""
MAX_NESTING: Final = 60
"""Blocks in branches in paths in blocks ..., after expansion."""
MAX_LIBRARIES: Final = 50
"""Libraries that a spec imports, directly or not; together they are no larger than one file may be."""
MAX_CHAIN: Final = 10
"""Libraries that import each other, one behind the other."""
