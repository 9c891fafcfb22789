"""What other programs say, in one line."""

from __future__ import annotations

LONGEST = 200


def one_line(text: str) -> str:
    r"""Return the first line that says something, cut to a length that a terminal shows.

    >>> one_line("\n  shape '[1, 5]' is invalid\n\nWhile executing ...")
    "shape '[1, 5]' is invalid"
    >>> one_line("")
    'it gave no reason'
    """
    lines = (" ".join(line.split()) for line in text.splitlines())
    first = next((line for line in lines if line), "it gave no reason")
    return first if len(first) <= LONGEST else f"{first[: LONGEST - 3]}..."
