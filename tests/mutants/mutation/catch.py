"""The ways to catch a mistake; each takes a world and returns what it noticed, or None.

Whatever a way raises counts as noticed too, as long as it is no sign of a mutant that is not a program: see
``caught``.
"""

from __future__ import annotations

import warnings
from collections.abc import Callable, Iterable, Mapping
from functools import cache
from itertools import chain
from types import CodeType, SimpleNamespace

import numpy as np

from convcost.errors import ConvcostError
from convcost.verify.examples import EXAMPLES, Example
from mutation.algorithms import wrong
from mutation.late import LATE, assumptions, differences
from mutation.misfits import MISFITS
from mutation.networks import NETWORKS, bindings, impossible, totals, unknown
from mutation.values import VALUED, wrong_values
from mutation.world import world

Way = Callable[[SimpleNamespace, str], str | None]


def family(file: str) -> str:
    """Return the family of ops that a module of rules or executors is about: its name."""
    return file.rsplit("/", 1)[-1].removesuffix(".py")


def _first(examples: Iterable[Example], stem: str) -> list[Example]:
    """Put the examples of a family first."""
    return sorted(examples, key=lambda example: not type(example.op).__module__.endswith(f".{stem}"))


@cache
def _examples(stem: str) -> list[Example]:
    return _first(EXAMPLES, stem)


def by_examples(w: SimpleNamespace, stem: str) -> str | None:
    """Verify the examples of every op, as ``convcost verify`` does."""
    for example in _examples(stem):
        verdict = w.verify.verify_op(example.op, *example.inputs)
        if verdict.verdict != "PASS":
            return f"{example}: {verdict.mismatches[0]}"
    return None


def by_misfits(w: SimpleNamespace, stem: str) -> str | None:
    """Ask the rules about ops and inputs that do not fit; each has to be refused, and for the right reason."""
    del stem
    for misfit in MISFITS:
        try:
            misfit.ask(w.rules.rule_of(misfit.op))
        except ConvcostError as error:
            if str(error) != misfit.message:
                return f"{error}, not {misfit.message}"
        else:
            return f"{misfit.op} on {misfit.inputs} is not refused"
    return None


def by_late_binding(w: SimpleNamespace, stem: str) -> str | None:
    """Derive formulas, bind them, and hold them against the executor."""
    for example in _first(LATE, stem):
        for difference in differences(w, example):
            return f"{example}: {difference}"
    return next(assumptions(w), None)


def by_networks(w: SimpleNamespace, stem: str) -> str | None:
    """Verify small networks, and hold every total against what a run of the network adds up to."""
    del stem
    for network in NETWORKS:
        verification = w.verify.verify(network)
        if verification.verdict != "PASS":
            failed = next(layer for layer in verification.layers if layer.mismatches)
            return f"{network.name}, {failed.name}: {failed.mismatches[0]}"
        for difference in totals(w, network):
            return f"{network.name}: {difference}"
    return next(chain(bindings(w), impossible(w), unknown(w)), None)


def by_values(w: SimpleNamespace, stem: str) -> str | None:
    """Compare what the executor computes with onnxruntime."""
    for example in _first(VALUED, stem):
        for difference in wrong_values(w, example):
            return f"{example}: {difference}"
    return None


def by_algorithms(w: SimpleNamespace, stem: str) -> str | None:
    """Verify convolutions by Winograd's algorithm, where it applies and where it does not."""
    return next(wrong(w), None) if stem in {"winograd", "transforms", "algorithms"} else None


WAYS: Mapping[str, Way] = {
    "examples": by_examples,
    "misfits": by_misfits,
    "late": by_late_binding,
    "networks": by_networks,
    "values": by_values,
    "algorithms": by_algorithms,
}

COUNTING = ("algorithms", "examples", "misfits", "late", "networks")
"""The ways that notice what rules and totals have wrong; values are the business of the executor."""

NOT_A_PROGRAM = (SyntaxError, NameError, ImportError)
"""What a mutant must not die of: such a mutant is badly made, not caught."""


def caught(changed: Mapping[str, str | CodeType], stem: str, ways: Iterable[str] = ("examples",)) -> str | None:
    """Return how a change of modules is noticed by the first of the ways that does, or None."""
    way = "import"
    with warnings.catch_warnings(), np.errstate(all="ignore"):
        warnings.simplefilter("ignore")
        try:
            with world(changed) as w:
                for way in ways:
                    if noticed := WAYS[way](w, stem):
                        return f"{way}: {noticed}"
        except Exception as error:
            if type(error) in NOT_A_PROGRAM:
                raise
            return f"{way}: {type(error).__name__}: {error}"
    return None
