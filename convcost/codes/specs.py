"""Explanations of errors of specs: their text (E1xx), expressions (E2xx), expansion and wiring (E3xx)."""

TEXT = """\
E101 Not YAML
    The text cannot be read as YAML. Most often a bracket or a quote is not closed, the indentation is uneven,
    or a text contains ': ' and has to be quoted.
E102 A tab
    YAML indents with spaces; a tab in front of a key or an item is an error.
E103 Unknown symbol
    An expression uses a name that is no hyperparameter, no value of 'let:', no argument of its block, no column
    of its table and no word of the language. Inside a block only its own arguments and the document's values
    are seen. Truth is written true and false: yes, no, on and off are names like others.
E104 Not UTF-8
    Specs are UTF-8 texts; other encodings are refused rather than guessed.
E105 A character that YAML does not allow
    Control characters other than tab and line breaks cannot stand in YAML, nor, by way of an escape, in what
    reports print.
E106 An empty document
    There is nothing in the text, or only comments. A spec begins with 'convcost: 1'.
E107 A second document
    A spec is one YAML document; a line '---' in the middle begins another.
E108 A tag
    YAML tags (!!python/object, !mine) tell a reader to build objects. Specs are untrusted input, so tags are
    refused. A text that begins with ! has to be quoted.
E109 A merge key
    '<<' is not part of YAML 1.2. What several layers share is written as a block or in 'defaults:'.
E110 A key that stands twice
    Most YAML readers keep the last one and say nothing; here it is an error.
E111 An alias without an anchor
    *name refers to &name further up. A product is written 2*x, not *x.
E112 An alias inside itself
    A list or mapping cannot contain itself.
E113 Nesting too deep
    Lists and mappings nest up to 64 deep, aliases included. Name a part of it under 'blocks:'.
E114 Too much text
    The number of keys, values and brackets is bounded, so that no text takes all memory.
E115 Aliases that blow up
    A few lines of aliases to aliases can stand for billions of nodes; 100 000 are the bound.
E116 A key that is no text
    Keys are texts. {{a}: b} and '? [a]' have mappings and lists as keys.
E117 A space is missing after a colon
    In {k:3} YAML reads the one key 'k:3' without a value; {k: 3} is meant.
E118 An expression cut at a comma
    Inside { } and [ ] a comma ends a value: {out: round_to(64*a, 8)} has two keys. Quote the expression: {out:
    "round_to(64*a, 8)"}.
E120 Not a mapping
    A spec is a mapping with the keys convcost, input and layers, and others that are optional.
E121 Unknown key
    A part of a spec has a key that is not in the language; the hint names the nearest.
E122 A missing key
    convcost, input and layers are needed in every spec, convcost and blocks in every library of blocks,
    convcost_claims, source and tables in every file of claims; tables, rows, blocks and hyperparameters need theirs.
E123 Another kind of value
    A list stands where a mapping is needed, a text where a list is, or nothing at all.
E124 Another version
    This program reads version 1 of the spec language, 'convcost: 1', and of claims, 'convcost_claims: 1'.
E125 Unknown op or block
    The key of an item is an op, a shorthand, a container or a block of this spec.
E126 Not one op
    An item has exactly one op or block key; name, from, if, repeat and first modify it. Every item begins with
    its own '- '.
E127 Unknown argument
    The op or block does not take an argument of this name; 'convcost explain OP' lists them.
E128 A missing argument
    The op needs this argument; a block needs those that its 'args:' mark with ~.
E129 A name that cannot be used
    Values are named with letters, digits and _; layers also with - and ., and / between scopes. Words of the
    language, ops and keys cannot be names.
E130 Two things of one name
    Hyperparameters, lets, block arguments and parameters share one set of names; each table of a file of claims
    has its own.
E131 A row of another length
    Every row of a table has one cell for each column. Quote cells that contain a comma.
E132 first without repeat
    'first:' overrides arguments of the first copy of a repeated op or block.
E133 A hyperparameter that contradicts itself
    A range is [lowest, highest], multiple_of is positive, symbols differ.
E134 A value that a hyperparameter cannot have
    Its own spec gives a default, choice or preset that it forbids.
E135 A preset of something else
    Presets bind hyperparameters of the same spec, and nothing else.
E137 Not a function
    A function under 'let:' is written with its parameters: w(c): floor(alpha*c).
E140 Unknown library
    'import:' takes the name of a library of blocks that comes with convcost ('convcost specs blocks' lists
    them), or a file, which is written with its ending: ./my_blocks.yaml.
E141 A file that cannot be read from another
    'import:' names a file, or a row of claims the file of its spec, and there is none in this place, or it cannot
    be opened. The place is relative to the file that names it.
E142 A file outside the directory
    Specs and claims are untrusted input and read no files but those beside them: paths are relative, without '..',
    without drives and backslashes, and links that lead elsewhere are refused.
E143 A file without a directory
    A spec or claims from standard input or from a text have no directory, so they can name what is shipped only.
    Save them as a file to name others.
E144 Imports in a circle
    A library cannot import itself, also by way of others. What both need belongs into a third.
E145 Too many libraries
    A spec imports up to 50 libraries, up to 10 behind one another, of up to 16 MiB together.
E146 A block that two files define
    What a block's name means must not depend on the order of imports. Rename one of the two; where both are
    imported, import one library, or copy what is needed of the other.
E201 Not an expression
    Expressions have numbers, names, + - * / // % **, comparisons, and or not, x if c else y, calls.
E202 Outside the expression language
    Python has more than specs may use: no attributes, no indices, no lambda.
E203 Unknown function
    There are floor, ceil, round, round_to, make_divisible, max, min, abs, and those of 'let:'.
E204 An expression that is too long
    Expressions are read up to 1000 characters; give parts of it names in 'let:'.
E205 An expression that is nested too deeply
    Parentheses and operators nest up to 50 deep.
E206 Not a number
    Numbers are decimal. 010 is refused, for YAML 1.1 reads it as 8; 3x3 is written [3, 3] and 2x is written
    2*x.
E207 A number that is too large
    Numbers and results stay below 10**15, and formulas within a bounded length.
E208 Division by zero
    The divisor is zero, or negative where something is rounded to its multiples.
E209 A wrong number of arguments
    The function takes another number of arguments.
E210 Another kind of value
    Arithmetic wants numbers and conditions want true or false: words, lists and truth values are not numbers,
    and numbers are not conditions.
E212 Too many calls
    Functions that call functions can take any time; 10 000 calls, 20 deep, are the bound.
E213 An exponent out of bounds
    Exponents are whole numbers from -64 to 64.
E214 Undecided
    The comparison holds for some values of the symbols and not for others.
E301 A block that contains itself
    Blocks are templates, and one that calls itself, also by way of others, has no end.
E302 Blocks nested too deeply
    Blocks, branches, paths and tables nest up to 60 deep once they are written out.
E303 Too many layers
    A network of more than 400 000 layers is refused, before it fills the memory.
E304 Too many copies
    'repeat:' makes up to 100 000 copies.
E305 Not a number of copies
    'repeat:' is a whole number, zero included. Depth scalings mostly round up: ceil(depth*n).
E306 Unknown tensor
    Names refer to layers further up in the same path or in an enclosing one, to inputs of the block, or to
    inputs of the network. Names inside a block or a branch are not seen outside.
E307 Not a relative reference
    -1 is the last item of this path, -2 the one before; a path begins with its inputs.
E308 A wrong number of inputs
    The op or block takes another number of tensors; 'from: [a, b]' gives it several.
E309 A merge without paths
    All paths of the merge have conditions and none of them holds.
E310 A switch without a case
    None of the conditions holds, and there is no last path without 'if'.
E311 Two layers of one name
    Names are unique within their path. Those of repeated items are numbered by themselves.
E312 Not a whole number
    Channels, kernels, strides and the like are whole. Rounding is part of an architecture and stands in the
    file: floor(alpha*32), round_to(v, 8), make_divisible(v, 8).
E313 A number that is too small
    Extents are at least 1, paddings at least 0.
E314 An argument of another kind
    A number, a list, a word or true and false is needed where something else stands.
E315 A list of another length
    One number holds for all spatial axes; a list has one for each, in the order H, W.
E316 Half of an even kernel
    padding: half is dilation*(kernel-1)/2 on each side, which is not whole for an even kernel.
E317 A symbol without a number
    Wiring that depends on a free symbol is decided at a number, and none is known for it.
E318 A requirement that does not hold
    The spec says under 'requires:' for which values it is meant.
E320 No spatial axes
    The op needs channels and space, and its input has features only: flatten or linear came before.
"""
