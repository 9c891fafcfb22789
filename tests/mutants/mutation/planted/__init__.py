"""The planted mistakes: what verification has to catch, and by what."""

from mutation.planted import (
    costs,
    executor_of_others,
    executor_of_windows,
    imported,
    kernels,
    products,
    rules_of_others,
    rules_of_windows,
    values,
    winograd,
)
from mutation.planted.tiers import ALONE, SHARED

RULES = (
    *rules_of_windows.CONV,
    *rules_of_windows.TRANSPOSED,
    *rules_of_windows.WINDOWS,
    *rules_of_others.LINEAR,
    *rules_of_others.POOL,
    *rules_of_others.NORM,
    *rules_of_others.ACTIVATION,
    *rules_of_others.MERGE,
    *rules_of_others.RESHAPE,
    *products.RULES,
    *imported.RULES,
)
"""Caught by verifying the examples."""

EXECUTOR = (
    *executor_of_windows.CONV,
    *executor_of_windows.WINDOWS,
    *executor_of_windows.POOL,
    *executor_of_others.LINEAR,
    *executor_of_others.NORM,
    *executor_of_others.ACTIVATION,
    *executor_of_others.MERGE,
    *executor_of_others.RESHAPE,
    *products.EXECUTOR,
    *imported.EXECUTOR,
    *executor_of_others.MACHINERY,
    *kernels.COUNTED,
)
"""Caught by verifying the examples, for they change what is counted, stored or shaped."""

VALUES = (*values.VALUES, *imported.VALUES, *kernels.VALUED)
"""Caught by an implementation that is not ours, and by nothing that counts."""

COST = (*costs.PROPAGATION, *costs.TOTALS, *costs.CONVENTIONS)
"""Caught by small networks."""

ALGORITHMS = winograd.WINOGRAD
"""Caught by verifying convolutions that are performed by an algorithm."""

__all__ = ["ALGORITHMS", "ALONE", "COST", "EXECUTOR", "RULES", "SHARED", "VALUES"]
