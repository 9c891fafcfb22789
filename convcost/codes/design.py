"""Explanations of errors of the design space: E8xx."""

TEXT = """\
E810 Nothing to check
    A check of nothing has not passed: each network needs a budget, from --max METRIC=VALUE, 'budgets:' in its spec (for
    its defaults, or for the values under 'at:') or [tool.convcost] in pyproject.toml, or a baseline and --max-growth.
E811 Not a budget
    The most that a count may be, with k, M, B or T: 600 M, 4.3M, 4,300,000; no share, memory or power of ten.
E812 Not a share
    A metric may grow by a share in per cent, with its sign: 2%, 0.5 %. It is not negative.
E813 A project file that cannot be used
    [tool.convcost] in pyproject.toml, or in the file of --config, has 'specs', a list of SPECs, and 'budgets', a table
    of metrics. Without --config it is the nearest pyproject.toml with that table, from the working directory upwards.
E814 A budget given twice
    Each metric has one budget in one place, and a spec one entry for the same values.
E815 Not a baseline
    'convcost report SPEC... --format json -o FILE' writes one, for one image. Its totals are whole numbers.
E816 A baseline that does not fit
    It has another convention, lacks a metric, or has none of the networks; a single one that it does not have is new.
E817 Growth without a baseline
    --max-growth needs --against FILE, to know what the networks cost before.
E818 No file matches
    A SPEC with *, ? or [...] stands for the files it matches, and there are none.
E820 Not a budget to solve for
    A budget is METRIC <= FIGURE: 'mult_adds <= 150M'. It is the most that a metric may be.
E821 A budget that leaves nothing
    Budgets are positive.
E822 Not a hyperparameter to solve for
    --for names hyperparameters that nothing binds, each once; --step and --range are said of them.
E823 Admissible values that are not known
    Which values a hyperparameter can have is said by 'multiple_of', 'range' and 'choices' in the spec, or by --step
    and --range; there has to be one. Of each hyperparameter one thing is said: a step or --choices, and one range.
E824 No end
    The costs do not grow with a hyperparameter that has no largest value, or not so far as the budget: --range ends it.
E825 Too many values to try
    Where growth is not proven every admissible value is tried, and where there is no formula every network is built.
E826 An option that is not understood
    --set resolution=192, --step 1/64 or alpha=1/64, --range 1/4:2 or alpha=1/4:2.
E827 No network at all
    None of the admissible values that were tried gives a network; the first reason is told.
E830 Unknown rule
    A spec is rewritten by one of the rules that 'convcost rewrite --help' lists.
E831 Nothing to rewrite
    The rule looks at some kinds of layers, and --where and --only choose among them; none was left, or none of those
    that were left can be rewritten. Blocks of imported libraries stay as they are: copy one into the spec to
    rewrite it.
E832 A setting that does not fit its rule
    --set NAME=VALUE gives a rule its numbers: groups=8, reduce=4, kernel=5. For the rule 'argument' names are those
    of arguments of blocks, and values are expressions.
E833 An item that cannot be rewritten
    An item of a spec stands for several layers: in a table, a repeat or a block. They are rewritten together, or the
    condition is written into the spec, which is possible where the arguments of the item say it. Aliases, paddings in
    numbers and groups that depend on something may stand in the way, too.
E834 A condition that asks what no layer knows
    --where knows kind, kernel, stride, dilation, groups, cin, out, height and width of a layer.
E835 A rewritten spec that does not work
    The rule was applied, and the result is no spec or no network, for the reason given. Nothing is written.
E836 A spec that cannot move
    It imports files by their paths, and the directory it would be written to is another one.
E840 Not something to sweep over
    A sweep is over hyperparameters that nothing binds, each once, or over presets: --over NAME=VALUES. A preset
    binds hyperparameters, too.
E841 Values that are not understood
    alpha=0.25:1:1/32 is first, last and step; alpha=0.5,0.75,1 is a list; alpha alone stands for the published values.
    Points are columns of equal length with the names of hyperparameters.
E842 Too many values
    A sweep has its limits where its points could not be numbered or not be gone through in a lifetime.
E843 Not a condition on a sweep
    Conditions compare metrics and hyperparameters: 'mult_adds <= 150M and alpha >= 1/2'; + - * and division by numbers
    are possible, functions are not.
E844 A figure beyond 64 bits
    The figures of a sweep are 64-bit integers, exactly; where one might not fit nothing is printed.
E845 Too many networks to build
    Where no formula can be had, or another one for almost every point, networks are built one by one.
E846 Not an objective
    A front is of metrics and hyperparameters, each small or large: --pareto mult_adds,resolution:max.
E847 Too many rows
    All points are gone through, but not all can be kept or printed: --where, --pareto and --top choose, --summary keeps
    the least and the most.
E848 Options that do not go together
    A front, a top and a summary are three ways to choose, and only rows have a sensitivity.
E849 Not a table of rows and columns
    Two of the hyperparameters that are swept over are set against each other: --rows alpha --columns resolution.
"""
