"""Explanations of errors of networks: shapes (E4xx), domains of formulas (E5xx), what is not supported (E6xx)."""

TEXT = """\
E401 Another number of axes
    The op takes tensors with another number of axes than its input has.
E402 A size that is not whole or too small
    Sizes of an op are whole numbers, mostly at least 1.
E403 Not divisible
    Groups, parts and pieces have to divide the channels evenly.
E404 A window larger than its input
    The kernel, with its dilation, does not fit into the padded input even once.
E405 Inputs that do not fit together
    Element by element extents are equal or 1, and concat needs equal ones but for its axis. matmul needs as many
    columns of the first as rows of the second, attention as many channels of query and key, and values where the
    keys are.
E406 No such axis
    Axes are counted with the batch as 0; the batch itself cannot be worked along.
E407 Parts that do not fit
    split takes either parts or sizes, an index among them, and sizes that make the whole axis.
E408 A shape with other elements
    reshape keeps the number of elements; one extent may be -1 and takes what is left.
E409 Sizes for another number of axes
    Kernel, stride, dilation and padding speak of the same spatial axes.
E410 Nothing is left
    Padding or cutting leaves no element of the input or output.
E411 An extent that is too large
    Extents stay below 10**15. Layers that multiply what they are given, repeated, soon exceed that.
E412 A window that sees only padding
    A pooling window that begins or ends in a padding as wide as itself has no element to take a maximum or a
    mean of. The padding of a pool is smaller than its window.
E413 More experts than there are
    A gate chooses among the experts that there are: 'active' is at most 'experts'.
E501 Not free
    Only hyperparameters that are still symbols can be bound.
E502 Another wiring
    The wiring was decided by a comparison that comes out differently for these values: the graph, or the
    formula, is that of another network there. Load the spec with these bindings instead.
E503 Outside the domain
    A closed form holds where its conditions hold; elsewhere the general form with floors is needed.
E504 Nothing is free
    A formula needs a hyperparameter that is not bound.
E505 Not a number
    A formula is evaluated at exact numbers: integers, fractions, or their text, "0.75" or "3/4".
E601 An op without a rule
    No rule says what the op costs, and nothing is silently zero.
E602 An op that cannot be run
    The executor has no implementation of the op, or this way of counting does not apply to it.
E603 A symbolic op cannot be run
    The executor runs numbers: bind every hyperparameter first.
E604 Unknown to the witness
    The interception met a NumPy function without a tariff, so its count would prove nothing.
E605 Arrays that cannot be run
    The executor was given arrays that do not fit the op, or there is not enough memory.
E606 Witnesses that disagree
    Two ways of counting the same layer came to different numbers. This is a bug: report it.
E680 Threads that are there already
    BLAS, which multiplies matrices for NumPy, asks how many threads to use when NumPy is loaded, and never again. A
    process that has loaded NumPy with several cannot change that.
E681 Not enough memory to be timed
    All weights and outputs stay in memory between the runs, and there is less than they need, about.
E682 No runs
    What takes time is the median of at least one run.
E611 No closed form
    Operations on real elements have no closed form in this argument; bind it, or count padding, too.
E613 Not writable as a spec
    The graph has something that the language of specs cannot say: a merge of one tensor, a symbol that is no
    hyperparameter, a function of symbols that is not in the language.
E612 Too large to count
    Taps that meet real elements are counted one by one, up to a bound.
E650 A place beyond the axis
    slice and gather name places of an axis, from 0, or from -1 for the last one; at least one place is taken.
E651 More than can be reflected
    Mirrored at its outermost elements, an axis of n has n - 1 others to put on each side.
E652 Not an equation for these tensors
    Each input of einsum has a letter for each axis but the batch, none of them twice: 'ij,jk->ik'. The output has
    letters of the inputs.
E653 Costs that are not known
    Nothing is known of what an 'unknown' op costs, and what was asked for takes whole totals. report, formula, compare
    and check tell lower bounds, marked "≥".
E690 Unknown algorithm
    Convolutions are performed directly, by winograd, which is F(2×2, 3×3), or by winograd4, which is F(4×4, 3×3).
E691 Not for Winograd's algorithm
    F(m×m, 3×3) performs dense convolutions of 3×3 with steps of 1 and without dilation; all others run directly.
"""
