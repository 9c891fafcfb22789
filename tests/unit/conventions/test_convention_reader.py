"""Files of conventions: what is read, and what is said of what is wrong."""

from __future__ import annotations

from fractions import Fraction

import pytest

from convcost import loads
from convcost.conventions import convention, shipped
from convcost.conventions.draft import resolved
from convcost.conventions.reader import parse
from convcost.cost.policy import Policy, Term
from convcost.counts import PRIMITIVES
from convcost.errors import ConvcostError
from convcost.ops import OPS, BatchNorm, Conv, GroupNorm, Input, Relu
from convcost.shipped import CONVENTIONS, names

HEAD = "convcost_convention: 1\nsays: something\n"

WHOLE = """\
convcost_convention: 1
name: mine
title: Of my own
version: mine 3
source: a notebook
says: multiply-adds,
  and half of each element
calls: MACs
padding: excluded
parameters: weights
not_parameters: [group_norm]
written:
  pool: {choices: [module, mean], doc: how the pool is written}
counts:
  conv: {mul: 1, biases: 3/2}
  batch_norm: {input: 0.5}
  global_avgpool: {input: 1 if pool == module else 0}
  upsample: {output: 4 if mode == linear else 1}
ignored: [relu]
others: ignored
bugs: {conv: counted wrong}
notes: {relu: free}
"""


def policy(text: str, **written: str) -> Policy:
    return resolved(parse(text, "mine.yaml"), written)


def network(*layers: str) -> str:
    return f"{{convcost: 1, name: t, input: [4, 6, 6], layers: [{', '.join(layers)}]}}"


def test_a_whole_file() -> None:
    found = policy(WHOLE)
    assert (found.name, found.title, found.version, found.source) == ("mine", "Of my own", "mine 3", "a notebook")
    assert found.describe() == (
        "mine (as mine 3): multiply-adds, and half of each element; parameters weights of conv and fully connected "
        "layers only"
    )
    assert (found.padding, found.parameters, found.calls, found.others_ignored) == (False, "weights", "MACs", True)
    assert found.missed == {GroupNorm}
    assert found.ignored == {Relu}
    assert found.terms[Conv] == (Term("mul", 1), Term("biases", Fraction(3, 2)))
    assert found.terms[BatchNorm] == (Term("input", Fraction(1, 2)),)
    assert (found.bugs, found.notes) == ({"conv": "counted wrong"}, {"relu": "free"})
    assert found.chosen == {"pool": "module"}


def test_ways_of_writing() -> None:
    pooled = loads(network("global_avgpool"))
    usual, mean = policy(WHOLE), policy(WHOLE, pool="mean")
    assert (usual.name, mean.name) == ("mine", "mine@pool=mean")
    assert (pooled.analyze(usual).total(), pooled.analyze(mean).total()) == (4 * 36, 0)
    assert OPS["global_avgpool"] in mean.ignored


def test_words_of_an_op() -> None:
    made = [loads(network(f"{{upsample: {{factor: 2, mode: {mode}}}}}")) for mode in ("nearest", "linear")]
    assert [each.analyze(policy(WHOLE)).total() for each in made] == [4 * 144, 4 * 4 * 144]


def test_padding_and_fractions() -> None:
    model = loads(network("{conv: {kernel: 3, out: 2, padding: 1, bias: true}}"))
    real = model.analyze(convention("valid")).total()
    assert model.analyze(policy(WHOLE)).total() == real + Fraction(3, 2) * 72


def test_extending() -> None:
    text = f"{HEAD}extends: paper\ncounts:\n  batch_norm: {{input: 2}}\n"
    model = loads(network("{conv: {kernel: 3, out: 2, norm: batch, activation: relu}}"))
    assert model.analyze(policy(text)).total() == model.analyze().total() + 2 * 32
    plain = policy(f"{HEAD}extends: fvcore\nignored: [batch_norm]\n")
    assert model.analyze(plain).total() == model.analyze().total()
    assert policy(f"{HEAD}extends: thop\n").missed
    assert not policy(f"{HEAD}extends: thop\nnot_parameters: []\n").missed


def test_a_convention_of_parameters_only() -> None:
    model = loads(network("{conv: {kernel: 3, out: 2, norm: batch}}"))
    analysis = model.analyze(policy(f"{HEAD}others: ignored\nparameters: all\n"))
    assert (analysis.total(), analysis.total("params")) == (0, 72 + 8)


def test_nothing_is_silently_zero() -> None:
    analysis = loads(network("relu", "{lppool: {kernel: 2}}", "tanh")).analyze(
        policy(f"{HEAD}counts: {{conv: {{mul: 1}}}}")
    )
    with pytest.raises(ConvcostError) as caught:
        analysis.total()
    assert str(caught.value) == (
        "E750 it is not known how mine counts relu, lppool, tanh (a convention of your own can extend it and say so)"
    )
    # what only moves elements need not be mentioned
    moved = loads(network("flatten")).analyze(policy(f"{HEAD}counts: {{conv: {{mul: 1}}}}"))
    assert moved.total() == 0


@pytest.mark.parametrize("name", names(CONVENTIONS))
def test_shipped_conventions(name: str) -> None:
    found = convention(name)
    assert found.name == name
    assert found.title
    assert found.version
    assert found.source
    assert not set(found.terms) & found.ignored
    assert Input not in found.terms


def test_names() -> None:
    assert shipped()[:3] == ("paper", "valid", "with-bias")
    assert {"fvcore", "thop", "ultralytics", "ptflops", "ptflops-aten", "torchinfo", "torchprofile"} <= set(shipped())
    assert {"torch", "calflops", "deepspeed", "onnx-tool", "keras", "tf-profiler", "xla"} <= set(shipped())


WRONG = {
    "counts: {convv: {mul: 1}}": "mine.yaml:3:10: E751 there is no op 'convv' to count (did you mean 'conv'?)",
    "counts: {input: {output: 1}}": "mine.yaml:3:10: E751 there is no op 'input' to count",
    "counts: {conv: {mull: 1}}": "mine.yaml:3:17: E121 what is counted of conv has no key 'mull' (did you mean 'mul'?)",
    "counts: {relu: {rows: 1}}": (
        "mine.yaml:3:17: E121 what is counted of relu has no key 'rows' (known: "
        f"{', '.join(PRIMITIVES)}, input, output, parameters, samples, layer)"
    ),
    "counts: {conv: {}}": "mine.yaml:3:16: E123 nothing is counted of conv (write ignored: [conv])",
    "counts: {conv: {mul: windw}}": "mine.yaml:3:22: E103 unknown symbol 'windw' (did you mean 'window'?)",
    "counts: {conv: {mul: true}}": "mine.yaml:3:22: E210 true is not a number",
    "counts: {relu: {output: window}}": "mine.yaml:3:25: E103 unknown symbol 'window'",
    "counts: {conv: {mul: 1}}\nignored: [conv]": "mine.yaml:4:10: E752 conv both counted and ignored",
    "counts: {conv: {mul: 1}}\nignored: conv": "mine.yaml:4:10: E123 ignored is a list, not 'conv'",
    "counts: {conv: {mul: 1}}\npadding: no": "mine.yaml:4:10: E123 padding is counted or excluded, not 'no' (one of counted, excluded)",
    "counts: {conv: {mul: 1}}\nbugs: {cnv: odd}": "mine.yaml:4:8: E751 there is no op 'cnv' to count (did you mean 'conv'?)",
    "count: {conv: {mul: 1}}": "mine.yaml:3:1: E121 a convention has no key 'count' (did you mean 'counts'?)",
    "title: nothing": "mine.yaml:1:1: E757 a convention that counts nothing (write counts:, or extends: paper)",
    "extends: papr": "mine.yaml:3:10: E010 unknown convention 'papr' (did you mean 'paper'?)",
    "extends: ./other.yaml": (
        "mine.yaml:3:10: E143 mine.yaml is no file, so there is none beside it (a text extends shipped conventions only)"
    ),
    "written: {pool: {choices: [one], doc: d}}\nothers: ignored": (
        "mine.yaml:3:27: E123 choices are two or more different words"
    ),
    "written: {relu: {choices: [a, b], doc: d}}\nothers: ignored": (
        "mine.yaml:3:11: E129 'relu' cannot be the name of what is written in different ways ('relu' is a word that stands"
        " for itself)"
    ),
}


@pytest.mark.parametrize("text", WRONG)
def test_what_is_wrong(text: str) -> None:
    with pytest.raises(ConvcostError) as caught:
        parse(HEAD + text, "mine.yaml")
    assert str(caught.value).splitlines()[0] == WRONG[text]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("convcost_convention: 2\nsays: x\n", "mine.yaml:1:22: E124 version '2' of conventions (this program reads version 1: write convcost_convention: 1)"),
        ("convcost_convention: 1\nothers: ignored\n", "mine.yaml:1:1: E122 a convention needs the key 'says'"),
        ("convcost: 1\nname: x\n", "mine.yaml:1:1: E755 mine.yaml is a spec, not a convention (a convention begins with 'convcost_convention: 1')"),
        ("convcost_claims: 1\n", "mine.yaml:1:1: E755 mine.yaml is a file of claims, not a convention (a convention begins with 'convcost_convention: 1')"),
        ("- 1\n", "mine.yaml:1:1: E120 a convention is a mapping: convcost_convention, says, counts, ..."),
        ("", "E106 mine.yaml is empty (a convention begins with 'convcost_convention: 1')"),
    ],
)  # fmt: skip
def test_other_files(text: str, message: str) -> None:
    with pytest.raises(ConvcostError) as caught:
        parse(text, "mine.yaml")
    assert str(caught.value).splitlines()[0] == message


def test_several_errors_are_told_in_one_run() -> None:
    with pytest.raises(ConvcostError) as caught:
        parse(f"{HEAD}counts: {{convv: {{mul: 1}}, conv: {{mull: 1}}}}\nignored: [tanhh]\n", "mine.yaml")
    assert str(caught.value).splitlines()[-1] == "3 errors"


def test_files_extend_files_beside_them(tmp_path, monkeypatch) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "base.yaml").write_text(f"{HEAD}extends: paper\ncounts: {{relu: {{output: 1}}}}\n")
    (tmp_path / "mine.yaml").write_text(f"{HEAD}extends: ./base.yaml\ncounts: {{tanh: {{output: 3}}}}\n")
    model = loads(network("relu", "tanh"))
    assert model.analyze(convention("mine.yaml")).total() == 4 * 144
    (tmp_path / "base.yaml").write_text(f"{HEAD}extends: ./mine.yaml\n")
    with pytest.raises(ConvcostError, match="E753 a convention that extends itself"):
        convention("mine.yaml")
    (tmp_path / "far.yaml").write_text(f"{HEAD}extends: ../mine.yaml\n")
    with pytest.raises(ConvcostError, match="E142"):
        convention("far.yaml")
    for number in range(12):
        (tmp_path / f"c{number}.yaml").write_text(f"{HEAD}extends: ./c{number + 1}.yaml\n")
    with pytest.raises(ConvcostError, match="E753 conventions that extend each other deeper than 10"):
        convention("c0.yaml")


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("thopp", "E010 unknown convention 'thopp' (did you mean 'thop'?)"),
        ("mobilenet_v1", "E010 unknown convention 'mobilenet_v1' (it is a spec; a convention says what is counted of one)"),
        ("paper@pool=mean", "E754 paper does not tell ways of writing apart (write paper)"),
        ("fvcore@pool=mean", "E754 fvcore does not tell apart how 'pool' is written (one of global_pool, scores)"),
        ("keras@pool=mean", "E754 keras does not tell apart how 'pool' is written"),
        ("fvcore@global_pool=means", "E754 fvcore knows no global_pool written as 'means' (did you mean 'mean'?)"),
        ("fvcore@global_pool", "E009 'global_pool' in 'fvcore@global_pool' is not WRITTEN=HOW (write NAME, FILE.yaml, or NAME@WRITTEN=HOW,...)"),
        ("", "E009 an empty convention (write NAME, FILE.yaml, or NAME@WRITTEN=HOW,...)"),
        ("a\0b", "E009 a convention with a null character (write NAME, FILE.yaml, or NAME@WRITTEN=HOW,...)"),
        ("./none.yaml", "E001 there is no file './none.yaml'"),
    ],
)  # fmt: skip
def test_names_that_are_wrong(name: str, message: str) -> None:
    with pytest.raises(ConvcostError) as caught:
        convention(name)
    assert str(caught.value) == message


def test_kinds_of_parameters() -> None:
    model = loads(network("{conv: {kernel: 3, out: 2, norm: batch}}"))
    assert [model.analyze(convention("keras", kind)).total("params") for kind in (None, "weights")] == [80, 72]
    with pytest.raises(ConvcostError, match="E011 unknown kind of parameters 'al'"):
        convention("keras", "al")


def test_a_factor_without_a_value() -> None:
    text = f"{HEAD}counts: {{conv: {{mul: 1 / bias}}}}\n"
    with pytest.raises(ConvcostError) as caught:
        loads(network("{conv: {kernel: 3, out: 2}}")).analyze(policy(text)).total()
    assert str(caught.value).startswith("E756 the factor 1 / bias of conv has no value here: ")
    same = "{transposed_conv: {kernel: 2, out: 4, stride: 2, padding: same, bias: true}}"
    with pytest.raises(ConvcostError, match="E756 an ordinary convolution in the place of a transposed one"):
        loads(network(same)).analyze(convention("calflops")).total()
