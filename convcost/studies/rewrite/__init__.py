"""Rewriting: what-if on a spec, by rules that are applied to selected layers in its text."""

from convcost.studies.rewrite.inline import nothing, rewritten
from convcost.studies.rewrite.result import Cost, Rewrite, Rewritten, described
from convcost.studies.rewrite.rewrite import rewrite
from convcost.studies.rewrite.rule import Facts, Rule, Setting
from convcost.studies.rewrite.rules import RULES
from convcost.studies.rewrite.select import VARIABLES

__all__ = [
    "RULES",
    "VARIABLES",
    "Cost",
    "Facts",
    "Rewrite",
    "Rewritten",
    "Rule",
    "Setting",
    "described",
    "nothing",
    "rewrite",
    "rewritten",
]
