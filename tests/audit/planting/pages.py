"""The results of the validation as tables of the documentation."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from fractions import Fraction

from convcost.studies.audit.steps import (
    COUNTING,
    EXCEPTION,
    LONGEST,
    UNIT_SLIPS,
    background,
    label,
    rounding,
    transposed,
)
from planting.measure import DIGITS, FAR, NEAR, Bench, Null, Score, total
from planting.plants import COMMON, KINDS

ODDS = (Fraction(1, 1000), Fraction(1, 100), Fraction(1, 20), Fraction(1, 10), Fraction(1, 4))
SPREADS = {FAR: "a quarter", NEAR: "a twentieth"}


@dataclass(frozen=True)
class Size:
    """How many cases there are: of each kind and number of digits, and of random numbers."""

    planted: int
    amid: int
    random: int
    tables: int
    digits: tuple[int, ...] = DIGITS


FULL = Size(planted=10, amid=6, random=200, tables=30)
"""Some 30 plantings of every kind, many hundred tables in all."""


@dataclass(frozen=True)
class Results:
    """What was measured, by kind or by null model, and by number of digits."""

    size: Size
    alone: dict[tuple[str, int], Score]
    amid: dict[tuple[str, int], Score]
    common: dict[tuple[str, int], Score]
    null: dict[tuple[Fraction, int, int], Null]


def measured(bench: Bench, size: Size) -> Results:
    """Run all cases of a size."""

    def scores(make, kinds: Iterable[str], count: int) -> dict[tuple[str, int], Score]:
        return {
            (kind, digits): total((make(kind, digits, number) for number in range(count)), Score())
            for kind in kinds
            for digits in size.digits
        }

    null: dict[tuple[Fraction, int, int], Null] = {}
    for spread in SPREADS:
        for digits in size.digits:
            singles = (bench.random_alone(digits, spread, number) for number in range(size.random))
            null[spread, digits, 0] = total(singles, Null())
            for count in (1, 10):
                tables = (bench.random_amid(digits, spread, number, count) for number in range(size.tables))
                null[spread, digits, count] = total(tables, Null())
    return Results(
        size,
        scores(bench.alone, KINDS, size.planted),
        scores(bench.amid, KINDS, size.amid),
        scores(bench.common, COMMON, size.planted),
        null,
    )


def validation(results: Results) -> str:
    """Return the tables of a validation."""
    digits = results.size.digits
    return "\n".join(
        [
            *_table(
                ("Planted", *(f"{where}, {n} digits" for where in ("alone", "in common") for n in digits)),
                _kinds(results),
            ),
            "",
            *_table(
                ("Where", "Digits", "Tables", "Figures", "Found", "Right", "Longer", "Agreeing", "Lost"),
                _summary(results),
            ),
            "",
            *_table(("Random, within", "Digits", "Rows", "Numbers", "Explained"), _nulls(results)),
            "",
            *_table(("Odds at most", *(f"within {said}" for said in SPREADS.values())), _calibration(results)),
        ]
    )


def _kinds(results: Results) -> Iterator[tuple[str, ...]]:
    for kind in KINDS:
        cells = [results.alone[kind, n] for n in results.size.digits]
        cells += [results.common.get((kind, n), Score()) for n in results.size.digits]
        yield kind, *(_found(score) for score in cells)


def _found(score: Score) -> str:
    if not score.planted:
        return "–"
    accepted = score.found + score.wrong
    return f"{_share(score.found, score.planted)} / {_share(score.found, accepted)}"


def _share(part: int, whole: int) -> str:
    """Write a share in whole per cent, rounded down: 100 means all.

    >>> _share(199, 200), _share(0, 0)
    ('99', '–')
    """
    return str(100 * part // whole) if whole else "–"


def _summary(results: Results) -> Iterator[tuple[str, ...]]:
    places = (("alone", results.alone), ("one row of a table", results.amid), ("all rows of a table", results.common))
    for where, scores in places:
        for n in results.size.digits:
            score = total((each for (_, digits), each in scores.items() if digits == n), Score())
            accepted = score.found + score.wrong
            yield (
                where,
                str(n),
                f"{score.cases:,}",
                f"{score.planted:,}",
                f"{_share(score.found, score.planted)} %",
                f"{_share(score.found, accepted)} %",
                str(score.longer),
                f"{score.right:,}",
                str(score.lost),
            )


def _nulls(results: Results) -> Iterator[tuple[str, ...]]:
    rows = {0: "alone", 1: "one of ten", 10: "ten of ten"}
    for (spread, n, count), null in results.null.items():
        numbers = len(null.odds)
        share = f"{100 * null.explained / max(1, numbers):.1f} %"
        yield SPREADS[spread], str(n), rows[count], f"{numbers:,}", share


def _calibration(results: Results) -> Iterator[tuple[str, ...]]:
    for odds in ODDS:
        cells = []
        for spread in SPREADS:
            null = total((each for (of, _, _), each in results.null.items() if of == spread), Null())
            cells.append(f"{100 * null.at_most(odds) / max(1, len(null.odds)):.2f} %")
        yield f"1 in {odds.denominator:,} ({float(100 * odds):g} %)", *cells


def steps() -> str:
    """Return the table of all steps with their lengths."""
    rows = [(step.says, _metrics(step.metrics), f"{step.bits:g}", step.family) for step in COUNTING]
    both = "both"
    for step in (background(1000, 1001, 1000), background(1000, 100, 1000)):
        says = "one class more, or the number of classes of the spec" if step.bits == 2 else "another number of classes"
        rows.append((says, both, f"{step.bits:.2g}", step.family))
    rows.append(("widths by another rounding rule", both, f"{rounding('floor').bits:g}", "rounding"))
    rows.append(
        ("the figure of another network of the family, one of n", both, f"{label('', 1).bits:g} + log₂ n", "label")
    )
    rows += [(slip.says, "any", f"{slip.bits:g}", slip.family) for slip in UNIT_SLIPS.values()]
    rows.append(("two digits transposed, of d", "any", f"{transposed(2).bits:g} + log₂(d − 1)", "misprint"))
    rows.append(("an exception to the steps of its table", "any", f"{EXCEPTION:g}", ""))
    rows.append(("the longest explanation", "", f"{LONGEST:g}", ""))
    return "\n".join(_table(("Step", "Changes", "Bits", "Family"), rows))


def _metrics(metrics: tuple[str, ...]) -> str:
    return "both" if len(metrics) > 1 else {"mult_adds": "mult-adds", "params": "parameters"}[metrics[0]]


def _table(heads: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> list[str]:
    lines = [heads, ("---",) * len(heads), *rows]
    return ["| " + " | ".join(line) + " |" for line in lines]
