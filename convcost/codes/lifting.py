"""Explanations of errors of lifting: E77x."""

TEXT = """\
E770 Nothing to lift from
    A family is lifted from two or more of its networks, all with numbers for their sizes. A hyperparameter has one
    value for each of them, in their order, and not the same in all; without values, something has to differ that it
    could be.
E771 A size that does not follow
    It differs between the networks, and is no multiple of a hyperparameter, rounded or not, no multiple or part of the
    channels of its input, and no line. Something else differs, too: name it, or take networks that differ in less.
E772 A difference that is no size
    An argument that is a word, a flag or a list of another length is the same in all networks of a family.
E773 Networks of another structure
    The same ops in the same wiring are lifted, or the same items of which some come more often. These are neither.
E774 An instance that the spec does not give
    Every network that was lifted from is built from the spec, the one held back, too, and compared node by node. This
    one is another: what explained the others was not the rule, or another hyperparameter differs.
"""
