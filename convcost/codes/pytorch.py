"""Explanations of errors of PyTorch modules (E730 to E749)."""

TEXT = """\
E730 PyTorch is not installed
    Modules are read by PyTorch itself, which comes with the extra: pip install 'convcost[torch]'.
E731 ATen operators without a rule
    No op of convcost does what the operators do, and nothing is silently zero. --allow-unknown takes them as ops of
    unknown cost; totals with one in them are lower bounds.
E732 Not a factory
    A factory is written PACKAGE.MODULE:NAME or FILE.py:NAME, where NAME is a function or a class that returns a module,
    or a module itself.
E733 A Python module that cannot be imported
    There is none of this name, also not in the working directory, or it raised an error while it was imported.
E734 A name that a Python module does not have
    The module was imported, and has nothing of this name.
E735 A factory that fails
    The factory raised an error. --set NAME=VALUE gives it arguments.
E736 Not a PyTorch module
    What the factory returned, or what was given, is no torch.nn.Module.
E737 Not the shape of an input
    The shape of a sample is whole numbers without the batch: 3,224,224; behind a colon there may be a type: 128:int64.
E738 A module that refuses its input
    The module raised an error when it was called on inputs of these shapes, in evaluation mode.
E739 A module that does what values want
    What is computed, or how large it is, depends on values of the input: the cost is another for each. Detectors end
    in such steps; their backbones and heads do not.
E740 A module without an output
    The module returns nothing, or nothing that depends on its input.
E741 A write in place that cannot be followed
    A part of a tensor is changed in place and the whole used afterwards. Slices are followed, other parts are not.
E742 Weights that are computed
    A convolution takes weights that are worked out of other tensors: a parametrization, or a network that makes them.
E743 An operator with arguments that no op has
    What the arguments ask for cannot be said here, so it is refused.
E744 Another shape than PyTorch's
    The shape that follows from the rules is not the one that PyTorch gives: please report it.
E745 Weights stored by two kinds of layer
    The same parameter is the weights of two layers that are different ops, and would be counted twice.
"""
