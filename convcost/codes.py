"""Every error code with a title and a paragraph: what ``convcost explain CODE`` prints."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

_TEXT = """\
E001 No such file
    A SPEC that ends in .yaml or contains a slash is a file, and there is none of this name.
E002 A directory instead of a file
    A spec is one YAML file; name the file inside the directory.
E003 A file that cannot be read
    The system refused to open the file or to read from it, for the reason given.
E004 A file that is too large
    Specs are read up to 16 MiB: that is a hundred thousand layers written out one by one. Use blocks, tables
    and 'repeat'.
E005 Unknown shipped spec
    A SPEC without an ending and without a slash is the name of a spec that comes with convcost; 'convcost
    specs' lists them. A file is named with its ending: my.yaml.
E006 Unknown preset
    NAME:PRESET binds the hyperparameters that the spec lists under 'presets:' by this name.
E007 Unknown hyperparameter
    Only the names under 'hyperparameters:' of a spec can be bound; 'let:' values follow from them.
E008 A value that a hyperparameter cannot have
    Hyperparameters are positive, stay inside the 'range:' of their spec, and take whole numbers only if their
    multiple_of is whole, or if they have none and their default, choices and range are whole. 'choices:' are
    the published values; others are legal.
E009 Not a SPEC
    A SPEC is a file, a shipped name or - for standard input, then :PRESET, then @NAME=VALUE,NAME=VALUE:
    mobilenet_v1@alpha=0.5,resolution=160. A claim of a spec says 'at:' what stands behind the name: ":b3",
    "@alpha=1/2".
E010 Unknown convention
    A convention says which operations are counted; 'paper' is that of the MobileNets paper.
E011 Unknown kind of parameters
    Parameters are counted as trainable, as weights of conv and fully connected layers only, or as all that is
    stored, running statistics included.
E012 Unknown metric
    A metric is what a total is taken of: mult_adds, params, parameters by role, elements, or a primitive such
    as mul or cmp.
E013 Unknown grouping
    A report can be grouped by layer, block, stage, kind or op.
E014 Unknown hyperparameter of a formula
    Only hyperparameters of the spec can be free in a formula or assumed.
E015 Not a number
    Values are exact: whole numbers, decimals such as 0.75 (which is 3/4) and fractions such as 3/4.
E016 An assumption that is not understood
    A formula can assume divisibility and nothing else: 'resolution % 32 == 0', '32*alpha % 1 == 0'.
E017 Nothing to verify
    Name a SPEC to verify, or --all for every shipped one.
E018 Not a figure
    A figure is a number with an optional unit: 568.74 M, 4.2M, 568,740,352, 64 KiB.
E021 Output that cannot be written
    The system refused to write the file, for the reason given.
E022 Unknown column
    A report has the columns that its help lists, and sets of them.
E023 A comparison of one
    A comparison needs two specs, or one spec with two different bindings.
E024 Unknown format
    Reports are rendered as a table, and as md, csv, json, latex and others where that makes sense.
E025 Not NAME=VALUE
    Symbols are given values as NAME=VALUE, several separated by commas.
E026 Nothing to explain
    Error codes such as E103 and ops such as depthwise can be explained.
E027 No such directory
    The directory of an output file has to exist.
E040 Unknown derivation
    Derivations are there for the layers of which a lecture would derive the cost.
E041 Unknown symbol of a derivation
    A derivation is written in the symbols that it lists, and no others.
E042 A value that a derivation cannot take
    Symbols of a derivation are whole numbers, and groups divide channels.
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
E401 Another number of axes
    The op takes tensors with another number of axes than its input has.
E402 A size that is not whole or too small
    Sizes of an op are whole numbers, mostly at least 1.
E403 Not divisible
    Groups, parts and pieces have to divide the channels evenly.
E404 A window larger than its input
    The kernel, with its dilation, does not fit into the padded input even once.
E405 Inputs that do not fit together
    add needs equal shapes, mul equal ones or 1, concat equal ones but for its axis. matmul needs as many columns
    of the first as rows of the second, attention as many channels of query and key, and values where the keys are.
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
E611 No closed form
    Operations on real elements have no closed form in this argument; bind it, or count padding, too.
E613 Not writable as a spec
    The graph has something that the language of specs cannot say: a merge of one tensor, a symbol that is no
    hyperparameter, a function of symbols that is not in the language.
E612 Too large to count
    Taps that meet real elements are counted one by one, up to a bound.
E701 Not a printed number
    Figures are claimed as they are printed: 569, 4.20, 22,855,952, 0.58 M. Commas set thousands apart. What is
    printed with "about" is claimed without, and a note says so.
E702 A unit that there is not, or that is missing
    Units are 1, k, M, B, T and %; K and G are read, too. A figure carries its own, 0.58 M, or has that of its table,
    units: {params: M}. Figures are whole numbers, so one with decimals needs a unit.
E703 Unknown verdict
    A figure is expected to be 'reproduced', to be under another 'convention', or to be 'explained'; 'none' expects
    nothing.
E704 A row with a spec and without one
    A row of claims has a spec, or a reason why there is none. What is said of its figures, parts, kinds and
    verdicts, needs the spec.
E705 A claim without a figure
    A row claims at least one figure: mult_adds, params, or another metric.
E706 Unknown part or kind
    'part:' takes names of layers and scopes, as 'convcost report NAME' shows them, and 'kind:' those that 'convcost
    report NAME --by kind' shows.
E707 A network that cannot be built
    The spec of a claim is right, but not for these values: a window is larger than its input, or channels are not
    whole. 'convcost report' says where.
E708 Unknown shipped claims
    A name without an ending and without a slash is one of the shipped files of claims; a file is named with its
    ending: my-claims.yaml.
E709 A share of nothing
    A figure in % is a share of the whole network, which has none of what is claimed.
E710 A file of another kind
    A spec begins with 'convcost: 1' and goes to 'convcost report', or to 'convcost verify', which looks at its own
    claims, too. A file of claims begins with 'convcost_claims: 1' and goes to 'convcost audit'.
"""


class Explanation(NamedTuple):
    """What a code stands for."""

    title: str
    text: str

    def __str__(self) -> str:
        return f"{self.title}. {self.text}"


def _read(text: str) -> Iterator[tuple[str, Explanation]]:
    """Read entries of a code and a title, and indented lines that explain it."""
    for head, *lines in _entries(text):
        code, _, title = head.partition(" ")
        yield code, Explanation(title, " ".join(line.strip() for line in lines))


def _entries(text: str) -> Iterator[list[str]]:
    entry: list[str] = []
    for line in text.splitlines():
        if not line.startswith(" ") and entry:
            yield entry
            entry = []
        entry.append(line)
    yield entry


CODES: dict[str, Explanation] = dict(_read(_TEXT))
"""Explanations by code."""
