"""Explanations of errors of conventions: E75x."""

TEXT = """\
E750 An op that a convention says nothing of
    Nothing is silently zero: a convention counts an op, says that it ignores it, or gives no figure for a network that
    has it. A convention of your own can extend it: 'extends: fvcore', and the op under 'counts:' or 'ignored:'.
E751 No such op
    'counts:', 'ignored:', 'not_parameters:', 'bugs:' and 'notes:' name ops; 'convcost explain conventions' lists them.
    An input costs nothing and is no op to count.
E752 An op that is both counted and ignored
    Each op stands under 'counts:' or under 'ignored:'. What a convention says comes before what the one that it extends
    says.
E753 A convention that extends itself
    'extends:' leads back to the same file, or through more files than anyone can follow.
E754 Unknown way of writing
    Some tools count the same network differently depending on how it is written: 'fvcore@global_pool=mean'. 'convcost
    explain fvcore' lists what a convention tells apart.
E755 A file that is no convention
    A convention begins with 'convcost_convention: 1'. A spec goes to 'convcost report', and a file of claims to
    'convcost audit'.
E756 A factor without a value
    The factor is an expression, and it has no value for this layer: it divides by zero, or depends on symbols that are
    not known well enough.
E757 A convention that counts nothing
    It has neither 'counts:' nor 'extends:'. One that counts parameters only says 'others: ignored'.
"""
