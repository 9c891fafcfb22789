"""Explanations of errors of claims: E7xx."""

TEXT = """\
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
