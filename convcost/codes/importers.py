"""Explanations of errors of models of other frameworks (E711 to E729), and of what they brought into specs."""

TEXT = """\
E711 Not a model
    The file is no ONNX model, or is damaged: it ends too early, or says lengths and types that it does not have.
E712 A tensor that nobody gives
    A node takes a tensor that is neither an input, nor an initializer, nor the output of a node.
E713 Nodes in a circle
    Each of some nodes needs what another of them gives, so none can be computed.
E714 Operators without an op
    No op of convcost does what the operator does, and nothing is silently zero. --allow-unknown takes such
    operators as ops of unknown cost; totals with one in them are lower bounds.
E715 A shape that depends on data
    What a tensor holds when the network runs decides on a shape, so the cost is another for each input.
E716 Samples that are mixed
    Every tensor has its batch on one axis, and an operator that works along that axis makes one sample depend on the
    others: the cost of one sample is then no number.
E717 An operator that cannot be read
    Attributes or inputs of an operator do not fit it, or say what no op of convcost does.
E718 Shapes that contradict each other
    The shape that the file gives a tensor is not the one that follows from the inputs and the operators.
E719 A model that is too large
    Files, nodes, nesting and extents are bounded; no real network is near the bounds.
E720 Control flow that depends on data
    A branch or loop is taken as data wants. Branches whose condition is constant are followed.
E721 An input without a shape
    The shape of each input is needed, at least the number of its axes.
E722 Another version of ONNX
    Operators are read as versions 7 to the newest that is known define them.
E723 Weights that are not there
    The values of weights stand in another file, or were left out. Costs do not need them.
E724 No layer to share with
    share: names a layer above, made of the same ops, whose stored values the layer uses, too.
E725 Stored values that are others
    Layers that share stored values store as much and for the same purpose: the same kernel, channels and bias.
"""
