"""Explanations of errors of the call: E0xx."""

TEXT = """\
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
E028 Not a picture
    Pictures are svg, png or pdf files, drawn with matplotlib: pip install 'convcost[plot]'.
E029 Further forms of which network
    'convcost compare SPEC --at BINDINGS --rewrite RULE' sets a single network beside itself.
E040 Unknown derivation
    Derivations are there for the layers of which a lecture would derive the cost.
E041 Unknown symbol of a derivation
    A derivation is written in the symbols that it lists, and no others.
E042 A value that a derivation cannot take
    Symbols of a derivation are whole numbers, and groups divide channels.
"""
