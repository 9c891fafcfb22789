"""``convcost import``, and files of ONNX where a SPEC stands."""

import numpy as np
import onnx
import onnx.parser
import pytest

HEAD = '<ir_version: 8, opset_import: ["" : 17, "mine" : 1]>'
NET = (
    "net (float[N, 3, {size}, {size}] x) => (float[N, 5] y) {{ a = Conv <pads = [1, 1, 1, 1], strides = [2, 2]> (x, w) "
    "b = Relu (a) p = GlobalAveragePool (b) f = Flatten (p) y = Gemm <transB = 1> (f, v) }}"
)
STRANGE = "net (float[1, 6, 8, 8] x) => (float[1, 6, 8, 8] y) <float[1, 6, 8, 8] f> { f = mine.Frob (x) y = Relu (f) }"


def write(path, text, **arrays):
    model = onnx.parser.parse_model(f"{HEAD}\n{text}")
    for name, values in arrays.items():
        model.graph.initializer.append(onnx.numpy_helper.from_array(values, name))
    path.write_bytes(model.SerializeToString())
    return path


@pytest.fixture(name="net")
def _net(tmp_path):
    def net(name="net", size="size", width=8):
        arrays = {"w": np.ones((width, 3, 3, 3), np.float32), "v": np.ones((5, width), np.float32)}
        return write(tmp_path / f"{name}.onnx", NET.format(size=size), **arrays)

    return net


def test_a_model_is_written_as_a_spec(call, net, tmp_path):
    done = call("import", net(), "--title", "A net")
    assert (done.code, done.err) == (0, "")
    assert done.out == (
        'convcost: 1\nname: net\ntitle: "A net"\nsource: "net.onnx (ONNX)"\nhyperparameters:\n'
        "  size: {default: 224, multiple_of: 2}\ninput: [3, size, size]\nlayers:\n"
        "  - conv: {kernel: 3, stride: 2, padding: half, out: 8, activation: relu}\n"
        "  - global_avgpool\n  - flatten\n  - linear: {out: 5, bias: false}\n"
    )
    file = tmp_path / "net.yaml"
    assert call("import", net(), "-o", file).out == ""
    assert call("report", file, "--format", "csv").code == 0


@pytest.mark.parametrize("command", ["report", "formula", "verify", "compare"])
def test_a_model_stands_where_a_spec_does(call, net, command):
    spec = f"{net()}@size=16" if command == "verify" else net()
    done = call(command, spec, *([net("other", width=4)] if command == "compare" else []))
    assert (done.code, done.err) == (0, "")


def test_a_family_becomes_one_spec(call, net):
    files = [net(f"net{size}", size) for size in (64, 48, 32)]
    done = call("import", files[0], "--like", files[1], "--like", files[2], "--lift", "resolution")
    assert (done.code, done.err) == (0, "")
    assert "input: [3, resolution, resolution]" in done.out


def test_an_unknown_operator_is_refused_or_a_lower_bound(call, tmp_path):
    file = write(tmp_path / "strange.onnx", STRANGE)
    done = call("report", file)
    assert done.code == 2
    assert "E714 1 operator has no op: mine.Frob (f) (--allow-unknown takes them" in done.err
    done = call("report", file, "--allow-unknown")
    assert done.code == 0
    assert "≥ a lower bound: the costs of f (unknown Frob) are not known" in done.out
    done = call("import", file, "--allow-unknown")
    assert "unknown: {op: Frob, shape: [6, 8, 8]" in done.out


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["missing.onnx"], "E001 there is no file 'missing.onnx'"),
        (["."], "E002 '.' is a directory (a model is one ONNX file)"),
    ],
)
def test_what_is_no_model(call, arguments, says):
    done = call("import", *arguments)
    assert (done.code, done.out) == (2, "")
    assert says in done.err


def test_lifting_needs_a_name_and_values_for_each(call, net):
    done = call("import", net(), "--like", net("b"))
    assert "E025 no hyperparameter is named that the models differ in" in done.err
    done = call("import", net(), "--like", net("b"), "--lift", "width=1")
    assert "E025 width=1 gives 1 values for 2 models (one for each)" in done.err


def test_a_value_that_is_no_extent_of_the_model(call, net):
    done = call("report", f"{net()}@sise=32")
    assert done.code == 2
    assert "E007 net has no hyperparameter 'sise' (did you mean 'size'?)" in done.err
