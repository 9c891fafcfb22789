"""Factories on the command line: what is wrong with one is said in one line."""

from __future__ import annotations

import importlib.util

import pytest

from convcost import ConvcostError, from_torch
from convcost.cli import main
from convcost.importers.torch_.factory import found, input_of, settings_of, split_target

TORCH = importlib.util.find_spec("torch") is not None
without = pytest.mark.skipif(TORCH, reason="torch is installed")
needs = pytest.mark.skipif(not TORCH, reason="torch is no dependency of the tests; see tests/peers")

NETS = """
from torch import nn

print("a word from the factory")


class Net(nn.Module):
    def __init__(self, classes=10):
        super().__init__()
        self.table = nn.Parameter(nn.functional.pad(nn.Parameter(__import__("torch").zeros(1100, 1000)), (0, 1)))
        self.widths = [int(w) for w in __import__("torch").linspace(2, classes, 3)]
        self.head = nn.Linear(12, self.widths[-1])

    def forward(self, x):
        return self.head(x.flatten(1))


net = Net()
number = 3


def broken():
    raise ValueError("there is no such size\\nsee the paper")


def nothing():
    return None
"""


def message(function, *arguments):
    with pytest.raises(ConvcostError) as caught:
        function(*arguments)
    return str(caught.value)


@pytest.mark.parametrize("target", ["Net", "nets:", ":Net", "my nets:Net", "nets:1", "nets:Net()"])
def test_a_target_of_another_form_is_refused(target):
    hint = "write PACKAGE.MODULE:NAME, for instance torchvision.models:resnet50"
    assert message(split_target, target) == f"E732 {target!r} names no factory ({hint})"


def test_python_modules_and_names_that_there_are_not(tmp_path, monkeypatch):
    (tmp_path / "plain_nets.py").write_text("def factory(): ...\n")
    (tmp_path / "failing_nets.py").write_text("import plain_nets\n1 / 0\n")
    (tmp_path / "lacking_nets.py").write_text("import there_is_none_of_this_name\n")
    monkeypatch.chdir(tmp_path)
    hint = "it is looked for in the working directory and where Python finds packages"
    assert found("plain_nets", "factory").__name__ == "factory"
    assert found("plain_nets.py", "factory").__name__ == "factory"
    assert message(found, "no_nets", "x") == f"E733 there is no Python module 'no_nets' ({hint})"
    assert message(found, "no_nets.py", "x") == "E733 there is no file 'no_nets.py'"
    failing = "E733 failing_nets cannot be imported: ZeroDivisionError: division by zero"
    assert message(found, "failing_nets", "x") == failing
    lacking = "E733 lacking_nets cannot be imported: No module named 'there_is_none_of_this_name'"
    assert message(found, "lacking_nets", "x") == lacking
    assert message(found, "plain_nets", "factor") == "E734 plain_nets has no 'factor' (did you mean 'factory'?)"


@pytest.mark.parametrize("text", ["", "a,b", "3,,4", "0,3", "-1,3", "3;4", "9" * 30, "1e3", "²"])
def test_a_shape_of_another_form_is_refused(text):
    hint = "channels, height, width without the batch: 3,224,224"
    assert message(input_of, text) == f"E737 {text[:60]!r} is no shape of a sample ({hint})"


def test_a_type_that_there_is_not_is_refused():
    hint = "one of float32, float64, int64, int32, bool"
    assert message(input_of, "3:half") == f"E737 'half' is no type of elements ({hint})"


def test_a_setting_of_another_form_is_refused():
    assert message(settings_of, ["classes"]) == "E025 --set 'classes' is not NAME=VALUE (--set num_classes=10)"


@without
def test_without_pytorch_the_extra_is_named(capsys, tmp_path):
    text = "E730 PyTorch is not installed (pip install 'convcost[torch]')"
    assert message(from_torch, object(), (3, 8, 8)) == text
    assert main(["import", "--torch", "nets:Net", "--input", "3,8,8", "-o", str(tmp_path / "net.yaml")]) == 2
    assert capsys.readouterr().err == f"{text}\n"
    assert not (tmp_path / "net.yaml").exists()


def test_shapes_of_another_form_are_refused_in_python():
    hint = "channels, height, width without the batch: (3, 224, 224)"
    for shape in ((), (3, 0), "3,8,8", (3, 8.0), 3, ((3, 8), 4)):
        assert message(from_torch, object(), shape) == f"E737 {shape!r} is no shape of a sample ({hint})"


def test_options_go_with_torch(capsys):
    assert main(["import", "--torch", "nets:Net"]) == 2
    assert "--torch needs the shape of a sample: --input 3,224,224" in capsys.readouterr().err
    assert main(["import", "net.onnx", "--input", "3,8,8"]) == 2
    assert "--input and --set go with --torch" in capsys.readouterr().err


@needs
@pytest.mark.filterwarnings("ignore")
def test_a_factory_is_called_and_what_goes_wrong_is_one_line(tmp_path, monkeypatch, capsys):
    (tmp_path / "nets.py").write_text(NETS)
    monkeypatch.chdir(tmp_path)

    def run(*arguments):
        status = main(["import", "--torch", *arguments])
        captured = capsys.readouterr()
        said = [line for line in captured.err.splitlines() if line != "a word from the factory"]
        return status, captured.out, "\n".join(said)

    status, text, said = run("nets.py:Net", "--input", "12", "--set", "classes=7")
    assert (status, said) == (0, "")
    assert "linear: {out: 7}" in text
    assert "without 1,101,100 parameters that inference does not use: table" in text
    assert run("nets.py:net", "--input", "12")[0] == 0
    refused = {
        ("nets.py:broken",): "E735 broken raised ValueError: there is no such size",
        ("nets.py:nothing",): "E736 nothing returned a NoneType, and no torch.nn.Module",
        ("nets.py:number",): "E732 number is an int, and no factory (write PACKAGE.MODULE:NAME, for instance "
        "torchvision.models:resnet50)",
        ("nets.py:Net", "--set", "width=3"): "E735 Net: got an unexpected keyword argument 'width' (it takes classes)",
        ("nets.py:net", "--set", "classes=3"): "E732 net is a module and takes no settings",
    }
    for arguments, wanted in refused.items():
        assert run(*arguments, "--input", "12") == (2, "", wanted)


@needs
def test_what_is_no_module_is_refused():
    assert message(from_torch, object(), (3, 8, 8)) == "E736 object is no torch.nn.Module"
