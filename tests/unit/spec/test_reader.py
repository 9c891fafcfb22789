"""YAML read into nodes: texts stay texts, places are kept, traps are closed, by both parsers alike."""

from __future__ import annotations

import gc
from collections.abc import Callable
from pathlib import Path

import pytest
from yaml.cyaml import CParser

from convcost.errors import ConvcostError, Diagnostics, SpecError, UsageError
from convcost.spec import limits, reader
from convcost.spec.nodes import Mapping, Node, Scalar, Sequence
from convcost.spec.reader import PythonParser, compose
from convcost.spec.source import decode, read_bytes

PARSERS: list[Callable[[str], reader.Events]] = [CParser, PythonParser]


def read(text: str | bytes, parser: Callable[[str], reader.Events] = CParser) -> Mapping:
    source = decode(text, "f.yaml")
    return compose(source, parser(source.text))


def plain(node: Node) -> object:
    """Return a tree of texts, lists and pairs, so that order and doublets are seen."""
    if isinstance(node, Scalar):
        return node.text
    if isinstance(node, Sequence):
        return [plain(item) for item in node.items]
    return {key.text: plain(value) for key, value in node.pairs}


@pytest.mark.parametrize("parser", PARSERS)
@pytest.mark.parametrize(
    "text", ["1e6", "2:1", "010", "no", "on", "0x1F", "1_000", "12:30:45", "2001-12-14", ".inf", "=", "+1"]
)
def test_no_text_is_taken_for_something_else(text: str, parser: Callable[[str], reader.Events]) -> None:
    assert plain(read(f"a: {text}", parser)) == {"a": text}


@pytest.mark.parametrize("parser", PARSERS)
def test_tree_and_places(parser: Callable[[str], reader.Events]) -> None:
    text = "a: [1, {b: 'x y'}]\nc:\n  - d\n  - \"e\"\nα: ~\n"
    root = read(text, parser)
    assert plain(root) == {"a": ["1", {"b": "x y"}], "c": ["d", "e"], "α": "~"}
    (_, a), (c, items), (alpha, null) = root.pairs
    assert isinstance(a, Sequence)
    assert isinstance(items, Sequence)
    assert isinstance(null, Scalar)
    assert [(n.line, n.column) for n in (a, a.items[0], a.items[1], c, items.items[1], alpha)] == [
        (1, 4),
        (1, 5),
        (1, 8),
        (2, 1),
        (4, 5),
        (5, 1),
    ]
    assert null.is_null
    assert [n.plain for n in items.items if isinstance(n, Scalar)] == [True, False]


@pytest.mark.parametrize("parser", PARSERS)
def test_aliases_stand_for_the_same_node(parser: Callable[[str], reader.Events]) -> None:
    assert plain(read("a: &x [1, &y 2]\nb: *x\nc: *y", parser)) == {"a": ["1", "2"], "b": ["1", "2"], "c": "2"}


def test_byte_order_mark_and_line_breaks() -> None:
    assert plain(read(b"\xef\xbb\xbfa: 1\r\nb: 2\rc: 3")) == {"a": "1", "b": "2", "c": "3"}
    assert plain(read("\ufeffa: 1")) == {"a": "1"}


SYNTAX = [
    ("a: [1, 2", "f.yaml:1:4: E101 the list that begins in line 1 is not closed (a comma or a bracket is missing)"),
    ("b: {x: 1", "f.yaml:1:4: E101 the mapping that begins in line 1 is not closed (a comma or a bracket is missing)"),
    ("a: b: c", "f.yaml:1:5: E101 not YAML: a colon where no key can be (quote a text that contains ': ')"),
    ("a: @x", "f.yaml:1:4: E101 not YAML: a text cannot begin with '@' (quote it)"),
    ("a: `x`", "f.yaml:1:4: E101 not YAML: a text cannot begin with '`' (quote it)"),
    ("a: 'x", "f.yaml:1:4: E101 not YAML: a quoted text is not closed"),
    (
        "a:\n  b: 1\n c: 2",
        "f.yaml:3:2: E101 not YAML: this does not continue what stands above (check the indentation)",
    ),
    ("a: 1\n\tb: 2", "f.yaml:2:1: E102 a tab where YAML wants spaces (indent with spaces)"),
    ("\ta: 1", "f.yaml:1:1: E102 a tab where YAML wants spaces (indent with spaces)"),
    ("", "E106 f.yaml is empty (a spec begins with 'convcost: 1')"),
    ("# only this\n", "E106 f.yaml is empty (a spec begins with 'convcost: 1')"),
    ("---\n", "E106 f.yaml is empty (a spec begins with 'convcost: 1')"),
    ("a: 1\n---\nb: 2", "f.yaml:2:1: E107 a second document begins here (a spec is one document, without '---')"),
    (
        "a: !!int 3",
        "f.yaml:1:4: E108 the tag '!!int': tags are not part of the language (quote a text that begins with !)",
    ),
    (
        "a: !mine [1]",
        "f.yaml:1:4: E108 the tag '!mine': tags are not part of the language (quote a text that begins with !)",
    ),
    (
        "a: {<<: {b: 1}}",
        "f.yaml:1:5: E109 merge keys (<<) are not part of the language (write a block, or 'defaults:')",
    ),
    (
        "a: 1\nb: 2\na: 3",
        "f.yaml:3:1: E110 the key 'a' stands here and in line 1 (YAML would silently keep the last one)",
    ),
    (
        "a: *b",
        "f.yaml:1:4: E111 there is no anchor &b above (a product is written 2*x; a text that begins with * is an alias in YAML)",
    ),
    ("a: &b [*b]", "f.yaml:1:8: E112 the alias *b stands inside what it stands for"),
    ("[a, b]", "f.yaml:1:1: E120 a spec is a mapping: convcost, name, input, layers, ..."),
    ("just text", "f.yaml:1:1: E120 a spec is a mapping: convcost, name, input, layers, ..."),
    ("? [a]\n: b", "f.yaml:1:3: E116 a key is a text, not a list or a mapping"),
    ("a: {k:3}", "f.yaml:1:5: E117 a space is missing after the colon of 'k:3' (write k: 3)"),
    (
        "a: {out: round_to(64*a, 8)}",
        "f.yaml:1:10: E118 the expression 'round_to(64*a' is cut at a comma (quote an expression that contains a comma)",
    ),
    (
        "a: [3, max(1, 2), 3]",
        "f.yaml:1:8: E118 the expression 'max(1' is cut at a comma (quote an expression that contains a comma)",
    ),
]


@pytest.mark.parametrize("parser", PARSERS)
@pytest.mark.parametrize(("text", "error"), SYNTAX)
def test_error(text: str, error: str, parser: Callable[[str], reader.Events]) -> None:
    with pytest.raises(SpecError) as caught:
        read(text, parser)
    assert str(caught.value).splitlines()[0] == error


def test_several_errors_in_their_order() -> None:
    with pytest.raises(Diagnostics) as caught:
        read("a: {k:3}\nb: 1\nb: 2\nc: [max(1, 2)]")
    assert [error.code for error in caught.value.errors] == ["E117", "E110", "E118"]
    assert str(caught.value).endswith("\n3 errors")


def test_at_most_twenty_errors() -> None:
    with pytest.raises(Diagnostics) as caught:
        read("a: 1\n" * 100)
    assert len(caught.value.errors) == 20


def test_quoted_texts_are_not_cut() -> None:
    assert plain(read('a: {out: "round_to(64*a, 8)"}')) == {"a": {"out": "round_to(64*a, 8)"}}


@pytest.mark.parametrize(
    ("data", "error"),
    [
        (b"a: 1\nb: \xff", "f.yaml:2:4: E104 the byte 0xff is not UTF-8 (save the file as UTF-8)"),
        ("a: 1".encode("utf-16"), "E104 f.yaml is not UTF-8 (it is UTF-16; save it as UTF-8)"),
        ("a: 1".encode("utf-32"), "E104 f.yaml is not UTF-8 (it is UTF-32; save it as UTF-8)"),
        (b"a: 1\nb: x\x00y", "f.yaml:2:5: E105 the character U+0000 is not allowed in YAML"),
        ("a: \x1b[31m", "f.yaml:1:4: E105 the character U+001B is not allowed in YAML"),
        ("a: \ud800", "f.yaml:1:4: E105 the character U+D800 is not allowed in YAML"),
        ("\ufeffa: x\ufeff", "f.yaml:1:5: E105 the character U+FEFF is not allowed in YAML"),
    ],
)
def test_characters(data: bytes | str, error: str) -> None:
    with pytest.raises(SpecError) as caught:
        read(data)
    first, *excerpt = str(caught.value).splitlines()
    assert first == error
    assert all(line.isprintable() for line in excerpt)


def test_files(tmp_path: Path) -> None:
    cases = {
        str(tmp_path / "absent.yaml"): f"E001 there is no file '{tmp_path}/absent.yaml'",
        str(tmp_path): f"E002 '{tmp_path}' is a directory (a spec is one YAML file)",
        "a\0b": "E003 'a\N{REPLACEMENT CHARACTER}b' cannot be read: embedded null byte",
    }
    for path, error in cases.items():
        with pytest.raises(UsageError) as caught:
            read_bytes(path)
        assert str(caught.value) == error


def test_file_size(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = tmp_path / "large.yaml"
    file.write_bytes(b"#" * (2**20 + 1))
    monkeypatch.setattr("convcost.spec.source.MAX_BYTES", 2**20)
    for attempt in (lambda: read_bytes(str(file)), lambda: decode("#" * (2**20 + 1), str(file))):
        with pytest.raises(UsageError) as caught:
            attempt()
        assert str(caught.value) == f"E004 '{file}' is larger than 1 MiB (a spec is a short text)"


def deep(opening: str, count: int) -> str:
    return "a: " + opening * count


@pytest.mark.parametrize("parser", PARSERS)
@pytest.mark.parametrize("text", [deep("[", 5000), deep("{a: ", 5000), "- " * 5000, "? " * 5000])
def test_nesting_is_bounded(text: str, parser: Callable[[str], reader.Events]) -> None:
    with pytest.raises(SpecError, match="E113 lists and mappings nested deeper than 64"):
        read(text, parser)


def test_nesting_through_aliases_is_bounded() -> None:
    text = f"a: &a {'[' * 40}{']' * 40}\nb: {'[' * 40}*a{']' * 40}"
    with pytest.raises(SpecError, match="E113"):
        read(text)


def test_aliases_are_bounded() -> None:
    lines = ["a0: &a0 [x, x]", *(f"a{i}: &a{i} [*a{i - 1}, *a{i - 1}]" for i in range(1, 40))]
    with pytest.raises(SpecError) as caught:
        read("\n".join(lines))
    assert str(caught.value).splitlines()[0] == (
        "f.yaml:15:18: E115 aliases stand for more than 100000 nodes (write a block with arguments instead)"
    )


def test_nodes_are_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reader, "MAX_NODES", 1000)
    for text in ("a: [" + "0," * 1000 + "]", "a: [" + "[]," * 500 + "]", "\n".join(f"k{i}: v" for i in range(501))):
        with pytest.raises(SpecError, match="E114 more than 1000 keys, values and brackets"):
            read(text)
    assert limits.MAX_NODES > 1_500_000


@pytest.mark.parametrize("enabled", [True, False])
def test_garbage_collection_is_as_it_was(enabled: bool) -> None:
    was = gc.isenabled()
    try:
        (gc.enable if enabled else gc.disable)()
        read("a: 1")
        with pytest.raises(ConvcostError):
            read("a: [")
        assert gc.isenabled() is enabled
    finally:
        (gc.enable if was else gc.disable)()


def test_span_of_a_part_of_a_scalar() -> None:
    source = decode("a: {b: 'x + y', c: \"x\\ty\", d: x + y}", "f.yaml")
    ((_, inner),) = compose(source).pairs
    assert isinstance(inner, Mapping)
    b, c, d = (value for _, value in inner.pairs)
    assert [(source.place(node, 4, 1).column, source.place(node, 4, 1).length) for node in (b, d)] == [(13, 1), (35, 1)]
    assert source.place(c, 2, 1).column == 20  # an escape: the beginning has to do
    assert (source.place(b).column, source.place(b).length) == (9, 5)
    assert str(source.span(99, 1)) == f"f.yaml:1:{len(source.text) + 1}"
