"""Mistakes that are planted in the search, each with a unit test that has to fail."""

from __future__ import annotations

from dataclasses import dataclass

from mutation.mistake import Edit

AUDIT = "studies/audit"


@dataclass(frozen=True)
class Planted:
    """A mistake and the test that catches it: "test_search.test_of_something"."""

    why: str
    edit: Edit
    caught_by: str

    def __str__(self) -> str:
        return self.why


def _of(file: str, where: str, old: str, new: str, why: str, caught_by: str) -> Planted:
    return Planted(why, Edit(f"{AUDIT}/{file}.py", where, old, new), caught_by)


MISTAKES = (
    _of("steps", "label", "3 + log2(max(1, alternatives))", "3.0", "many networks take no more to name",
        "test_steps.test_lengths"),
    _of("steps", "transposed", "log2(max(1, digits - 1))", "log2(max(1, digits))", "a pair more than there is",
        "test_steps.test_lengths"),
    _of("steps", "subsets", "and len({step.family for step in each}) == size", "", "steps that exclude each other",
        "test_steps.test_sets_of_steps"),
    _of("steps", "number_of_sets", "lengths = extended", "", "sets of one step only", "test_steps.test_sets_of_steps"),
    _of("steps", "counted", 'without |= step.changes.get("without", frozenset())',
        'without = step.changes.get("without", without)', "the last place only is left out",
        "test_ledger.test_steps_leave_out_places_together"),
    _of("ledger", "Ledger.mult_adds", "a.products if counting.padding else a.valid", "a.products",
        "padding always counts", "test_ledger.test_a_step_counts_what_it_says"),
    _of("ledger", "_places", 'layers.setdefault(first, "first")', 'layers.setdefault(first, "body")', "no first layer",
        "test_ledger.test_places"),
    _of("ledger", "_amounts", "biases=parameters.bias,", "biases=0,", "biases are lost",
        "test_ledger.test_the_ledger_is_what_an_analysis_totals"),
    _of("ledger", "ledger", "* len(nodes)", "", "a repeated layer is counted once",
        "test_ledger.test_the_ledger_is_what_an_analysis_totals"),
    _of("readings", "Index", "for units in {low, near}", "for units in {near}", "truncation is ignored",
        "test_search.test_truncation_counts_as_reaching_the_digits"),
    _of("readings", "Readings", "if least < bits or families in known:", "if False:",
        "steps that change nothing explain",
        "test_steps.test_a_step_that_changes_nothing_explains_nothing"),
    _of("candidates", "Claim.identity", "self.default", "id(self)", "a figure counts as often as it is printed",
        "test_search.test_a_figure_that_is_repeated_counts_once"),
    _of("candidates", "Claim._printed_as", "if digits not in transpositions(text):", "if digits in transpositions(text):",
        "no transposition is found", "test_findings.test_digits_of_table_2_of_mobilenets_are_transposed"),
    _of("candidates", "Claim._printed_as", "printed.agreement(number * factor)", "printed.agreement(number)",
        "a slip of the unit has to agree without it", "test_findings.test_the_unit_of_planet_is_wrong"),
    _of("candidates", "Claim.variations", 'if not (named and step and step.kind == "label")', "",
        "the label of a layer names a network", "test_search.test_the_label_of_a_part_names_no_network"),
    _of("candidates", "Claim.reached", "found.update(self._slipped", "list(self._slipped",
        "slips of the pen are not among what chance finds", "test_search.test_chance_slips_too"),
    _of("odds", "row_odds", "return min(Fraction(1), max(shares))", "return Fraction(0)", "everything is accepted",
        "test_search.test_odds_of_a_row_by_hand"),
    _of("odds", "row_odds", "max(shares)", "min(shares)", "the kinder null model", "test_search.test_odds_of_a_row_by_hand"),
    _of("odds", "row_odds", "shared, EXCEPTION) - right", "shared, EXCEPTION)", "what agrees counts as explained",
        "test_search.test_odds_of_a_row_by_hand"),
    _of("odds", "table_odds", "sets * comb(failing, len(hits)) * chance", "chance", "only one set was ever tried",
        "test_search.test_odds_of_a_table_by_hand"),
    _of("odds", "near", "max(apart, units * NEAR)", "apart", "no random number is farther away",
        "test_search.test_random_numbers_of_a_row"),
    _of("search", "Search.explanation", "if _agrees(claim, shared):", "if False:", "common steps are not shared",
        "test_search.test_common_steps_beat_those_of_rows"),
    _of("search", "Search._described", "return total_bits(steps) + sum", "return 0 * total_bits(steps) + sum",
        "common steps are free", "test_search.test_common_steps_cost_their_bits"),
    _of("search", "_figure_bits", "return EXCEPTION if shared else 0.0", "return 0.0", "exceptions are free",
        "test_search.test_exceptions_cost_a_bit"),
    _of("search", "Search._shortest", "and self._exceptions(steps) <= len(self._hits(steps, ()))", "",
        "more exceptions than a rule", "test_findings.test_tf_slim_leaves_out_the_first_layer_for_one_width"),
    _of("search", "Search._shortest", "odds <= WORTH", "odds <= 1", "common steps are accepted by chance",
        "test_search.test_common_steps_have_to_be_worth_it"),
    _of("search", "Search.explanation", "self._joint(claim) if self._several else None", "None",
        "rows are never held together", "test_search.test_some_rows_may_share_steps_though_the_table_does_not"),
    _of("search", "_length", "return candidate.bits + EXCEPTION", "return candidate.bits - total_bits(shared)",
        "what goes without the common steps is no exception", "test_search.test_what_goes_without_the_common_steps_is_an_exception"),
    _of("networks", "Networks.analysis", "except ConvcostError:", "except TypeError:",
        "a variation that cannot be built ends everything", "test_search.test_a_width_of_nothing_is_no_variation"),
    _of("networks", "_settled", "changed.intersection(step.changes)", "False", "what a source states is contradicted",
        "test_search.test_what_a_source_states_is_free_and_not_contradicted"),
    _of("classes", "_straight", "at_c != at_a + slope * (c - a)", "False", "two points are always on a line",
        "test_steps.test_three_points_that_are_not_on_a_line_are_no_proof"),
    _of("verdict", "find", '{"label", "misprint"}', '{"label"}', "a slip of the pen is a convention",
        "test_search.test_slips_of_the_unit"),
)  # fmt: skip

HARMLESS = (
    Edit(
        f"{AUDIT}/ledger.py",
        "Counting",
        "without: frozenset[str] = frozenset()",
        "without: frozenset[str] = frozenset(())",
    ),
    Edit(
        f"{AUDIT}/odds.py",
        "table_odds",
        "sets * comb(failing, len(hits)) * chance",
        "chance * sets * comb(failing, len(hits))",
    ),
    Edit(f"{AUDIT}/search.py", "_length", "candidate.bits + EXCEPTION", "EXCEPTION + candidate.bits"),
)
"""Other programs that are right."""
