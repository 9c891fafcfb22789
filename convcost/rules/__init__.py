"""What a layer costs: shape, parameters and counts, one rule an op, the same file names as ``ops``."""

from convcost.rules import (  # noqa: F401 - they fill RULES
    activation,
    attention,
    conv,
    einsum,
    elementwise,
    embedding,
    experts,
    layout,
    linear,
    merge,
    norm,
    parameter,
    pool,
    recurrent,
    reduce,
    region,
    resample,
    reshape,
    unknown,
)
from convcost.rules._rule import RULES, Parameters, Rule, rule, rule_of

__all__ = ["RULES", "Parameters", "Rule", "rule", "rule_of"]
