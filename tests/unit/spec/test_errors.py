"""One bad spec for each error of grammar and expansion, with the full text of what it says."""

from __future__ import annotations

import pytest

from convcost.codes import CODES
from convcost.errors import ConvcostError, Diagnostics, ShapeError
from convcost.ops import Conv, Flatten, Op, Shape
from convcost.spec import build, parse


def infer(op: Op, *shapes: Shape) -> Shape:
    """Infer as far as these specs need it, with errors of our own wording."""
    if op.inputs is None:
        if len(set(shapes)) > 1:
            raise ShapeError("E405", f"{op.name} joins different shapes", hint="make them equal")
        return shapes[0]
    if isinstance(op, Conv):
        return (1, op.out, *(n // s for n, s in zip(shapes[0][2:], op.stride, strict=True)))
    if isinstance(op, Flatten):
        _, channels, height, width = shapes[0]
        return (1, channels * height * width)
    return shapes[0]


def errors(text: str) -> str:
    with pytest.raises(ConvcostError) as caught:
        build(parse(text, "net.yaml"), {}, infer)
    return f"{caught.value}\n"


CASES = [
    (
        """\
convcost: 1
input: [3, 32, 32]
hyperparameters: {alpha: 1}
layers:
  - table:
      columns: [c]
      rows: [[8], [16]]
      each:
        - separable: {kernel: 3, out: floor(aplha*c)}
""",
        """\
net.yaml:9:45: E103 unknown symbol 'aplha' (did you mean 'alpha'?)
      9 |         - separable: {kernel: 3, out: floor(aplha*c)}
        |                                             ^^^^^
   in table (line 5) -> each[0] -> separable
""",
    ),
    (
        """\
- convcost: 1
""",
        """\
net.yaml:1:1: E120 a spec is a mapping: convcost, name, input, layers, ...
      1 | - convcost: 1
        | ^
""",
    ),
    (
        """\
convcost: 1
input: [3, 32, 32]
layer: []
layers: [relu]
""",
        """\
net.yaml:3:1: E121 a spec has no key 'layer' (did you mean 'layers'?)
      3 | layer: []
        | ^^^^^
""",
    ),
    (
        """\
convcost: 1
input: [3, 32, 32]
hyperparameters: {alpha: {default: 1, chioces: [1]}}
layers: [relu]
""",
        """\
net.yaml:3:39: E121 the hyperparameter alpha has no key 'chioces' (did you mean 'choices'?)
      3 | hyperparameters: {alpha: {default: 1, chioces: [1]}}
        |                                       ^^^^^^^
""",
    ),
    (
        """\
convcost: 1
layers: [relu]
""",
        """\
net.yaml:1:1: E122 a spec needs the key 'input'
      1 | convcost: 1
        | ^
""",
    ),
    (
        """\
convcost: 1
input: [3, 32, 32]
layers:
  - table: {columns: [c], rows: []}
""",
        """\
net.yaml:4:12: E122 a table needs the key 'each'
      4 |   - table: {columns: [c], rows: []}
        |            ^
""",
    ),
    (
        """\
convcost: 1
input: [3, 32, 32]
layers: {conv: {kernel: 3, out: 8}}
""",
        """\
net.yaml:3:9: E123 layers is a list, not a mapping
      3 | layers: {conv: {kernel: 3, out: 8}}
        |         ^
""",
    ),
    (
        """\
convcost: 1
input: [3, 32, 32]
layers:
  - conv: [3, 8]
""",
        """\
net.yaml:4:11: E123 arguments are named: conv takes a mapping, not a list (write conv: {kernel: ...})
      4 |   - conv: [3, 8]
        |           ^
""",
    ),
    (
        """\
convcost: 2
input: [3, 8, 8]
layers: [relu]
""",
        """\
net.yaml:1:11: E124 version '2' of the spec language (this program reads version 1: write convcost: 1)
      1 | convcost: 2
        |           ^
""",
    ),
    (
        """\
convcost: 1
input: [3, 32, 32]
layers:
  - Conv2d: {kernel: 3, out: 8}
  - seperable: {kernel: 3, out: 8}
""",
        """\
net.yaml:4:5: E125 unknown op or block 'Conv2d' (did you mean 'conv'?)
      4 |   - Conv2d: {kernel: 3, out: 8}
        |     ^^^^^^
net.yaml:5:5: E125 unknown op or block 'seperable' (did you mean 'separable'?)
      5 |   - seperable: {kernel: 3, out: 8}
        |     ^^^^^^^^^
2 errors
""",
    ),
    (
        """\
convcost: 1
input: [3, 32, 32]
layers:
  - {relu: {}, conv: {kernel: 3, out: 8}}
  - {name: x}
  - {relu: {}, repaet: 3}
""",
        """\
net.yaml:4:16: E126 an item with two ops, 'relu' and 'conv' (each item of a path begins with its own '- ')
      4 |   - {relu: {}, conv: {kernel: 3, out: 8}}
        |                ^^^^
net.yaml:5:5: E126 an item without an op or a block (modifiers alone are no layer)
      5 |   - {name: x}
        |     ^
net.yaml:6:16: E126 'repaet' is neither an op nor a modifier (did you mean 'repeat'?)
      6 |   - {relu: {}, repaet: 3}
        |                ^^^^^^
3 errors
""",
    ),
    (
        """\
convcost: 1
input: [3, 32, 32]
layers:
  - conv: {kernel_size: 3, out: 8}
""",
        """\
net.yaml:4:12: E127 conv has no argument 'kernel_size' (did you mean 'kernel'?)
      4 |   - conv: {kernel_size: 3, out: 8}
        |            ^^^^^^^^^^^
""",
    ),
    (
        """\
convcost: 1
input: [3, 32, 32]
layers:
  - conv: {kernel: 3}
  - {pointwise: {out: 8, norm: group}}
""",
        """\
net.yaml:4:5: E128 conv needs the argument 'out'
      4 |   - conv: {kernel: 3}
        |     ^^^^
""",
    ),
    (
        """\
convcost: 1
input: [3, 32, 32]
hyperparameters: {lambda: 1}
layers:
  - {name: tanh, relu: {}}
""",
        """\
net.yaml:3:19: E129 'lambda' cannot be the name of a hyperparameter ('lambda' is a word of the expression language)
      3 | hyperparameters: {lambda: 1}
        |                   ^^^^^^
net.yaml:5:12: E129 'tanh' cannot be a name ('tanh' is an op or a key of the language)
      5 |   - {name: tanh, relu: {}}
        |            ^^^^
2 errors
""",
    ),
    (
        """\
convcost: 1
input: [3, 32, 32]
hyperparameters: {alpha: 1}
let: {alpha: 2}
layers: [relu]
""",
        """\
net.yaml:4:7: E130 'alpha' is defined twice
      4 | let: {alpha: 2}
        |       ^^^^^
""",
    ),
    (
        """\
convcost: 1
input: [3, 32, 32]
layers:
  - table:
      columns: [s, c]
      rows:
        - [1, 8]
        - [16]
      each: [{conv: {kernel: 3, stride: s, out: c}}]
""",
        """\
net.yaml:8:11: E131 a row of 1, where there are 2 columns (s, c)
      8 |         - [16]
        |           ^
""",
    ),
    (
        """\
convcost: 1
input: [3, 32, 32]
layers:
  - {conv: {kernel: 3, out: 8}, first: {stride: 2}}
""",
        """\
net.yaml:4:33: E132 first without repeat (it overrides arguments of the first copy)
      4 |   - {conv: {kernel: 3, out: 8}, first: {stride: 2}}
        |                                 ^^^^^
""",
    ),
    (
        """\
convcost: 1
input: [3, 32, 32]
hyperparameters: {alpha: {default: 1, range: [2, 0]}}
layers: [relu]
""",
        """\
net.yaml:3:46: E133 a range is [lowest, highest]
      3 | hyperparameters: {alpha: {default: 1, range: [2, 0]}}
        |                                              ^
""",
    ),
    (
        """\
convcost: 1
input: [3, 32, 32]
hyperparameters: {alpha: {default: 1/2, multiple_of: 1}}
layers: [relu]
""",
        """\
net.yaml:3:36: E134 the default: alpha is a whole number, not 1/2
      3 | hyperparameters: {alpha: {default: 1/2, multiple_of: 1}}
        |                                    ^^^
""",
    ),
    (
        """\
convcost: 1
input: [3, 32, 32]
hyperparameters: {width: 1}
presets: {b0: {widht: 2}}
layers: [relu]
""",
        """\
net.yaml:4:16: E135 the preset b0 binds 'widht', which is no hyperparameter (did you mean 'width'?)
      4 | presets: {b0: {widht: 2}}
        |                ^^^^^
""",
    ),
    (
        """\
convcost: 1
input: [3, 32, 32]
let:
  w(c: 2*c
layers: [relu]
""",
        """\
net.yaml:4:3: E137 'w(c' is not a function (write w(c): floor(alpha*c))
      4 |   w(c: 2*c
        |   ^^^
""",
    ),
    (
        """\
convcost: 1
input: [3, 32, 32]
let:
  a: 2*b
  b: 3
layers: [relu]
""",
        """\
net.yaml:4:8: E103 unknown symbol 'b' (it is defined further down, in line 5)
      4 |   a: 2*b
        |        ^
""",
    ),
    (
        """\
convcost: 1
input: [3, 32, 32]
let:
  w(c): c // (c - 8)
layers:
  - conv: {kernel: 3, out: w(8)}
""",
        """\
net.yaml:4:15: E208 division by zero
      4 |   w(c): c // (c - 8)
        |               ^^^^^
   in w(...)
""",
    ),
    (
        """\
convcost: 1
input: [3, 32, 32]
layers:
  - {relu: {}, if: 3}
""",
        """\
net.yaml:4:20: E210 a condition is true or false, not 3 (compare it: x != 0)
      4 |   - {relu: {}, if: 3}
        |                    ^
""",
    ),
    (
        """\
convcost: 1
input: [3, 32, 32]
blocks:
  a: {body: [b]}
  b: {body: [relu, a]}
layers: [a]
""",
        """\
net.yaml:5:20: E301 the block a contains itself (a -> b -> a)
      5 |   b: {body: [relu, a]}
        |                    ^
""",
    ),
    (
        """\
convcost: 1
input: [3, 32, 32]
layers:
  - {repeat: 1000, path: [{repeat: 1000, relu: {}}]}
""",
        """\
net.yaml:4:20: E303 more than 400000 layers
      4 |   - {repeat: 1000, path: [{repeat: 1000, relu: {}}]}
        |                    ^^^^
""",
    ),
    (
        """\
convcost: 1
input: [3, 32, 32]
layers:
  - {repeat: 10**6, path: [{if: channels(input) == 7, relu: {}}], if: channels(input) == 3}
""",
        """\
net.yaml:4:14: E304 repeat = 1000000 is more than 100000
      4 |   - {repeat: 10**6, path: [{if: channels(input) == 7, relu: {}}], if: channels(input) == 3}
        |              ^^^^^
""",
    ),
    (
        """\
convcost: 1
input: [3, 32, 32]
hyperparameters: {depth: {default: 1.1, multiple_of: 0.1}}
layers:
  - {repeat: 3*depth, relu: {}}
""",
        """\
net.yaml:5:14: E305 repeat = 33/10 is not a whole number (depth scalings mostly round up: ceil(...))
      5 |   - {repeat: 3*depth, relu: {}}
        |              ^^^^^^^
""",
    ),
    (
        """\
convcost: 1
input: [3, 32, 32]
layers:
  - {name: stem, relu: {}}
  - {from: stm, relu: {}}
  - conv: {kernel: 1, out: channels(stam)}
""",
        """\
net.yaml:5:12: E306 there is no tensor 'stm' here (did you mean 'stem'?)
      5 |   - {from: stm, relu: {}}
        |            ^^^
""",
    ),
    (
        """\
convcost: 1
input: [3, 32, 32]
layers:
  - relu
  - {from: -3, relu: {}}
  - {from: 2, relu: {}}
""",
        """\
net.yaml:5:12: E307 from: -3 goes back beyond the beginning of this path (a path begins with its inputs)
      5 |   - {from: -3, relu: {}}
        |            ^^
net.yaml:6:12: E307 from: 2 is no relative reference (-1 is the last item, -2 the one before; or give a layer a name)
      6 |   - {from: 2, relu: {}}
        |            ^
2 errors
""",
    ),
    (
        """\
convcost: 1
input: [3, 32, 32]
blocks:
  cell: {inputs: [p, q], body: [{add: [p, q]}]}
layers:
  - cell
  - {from: [-1, -1], relu: {}}
""",
        """\
net.yaml:6:5: E308 cell takes 2 inputs, not 1 (write from: [-2, -1], or names)
      6 |   - cell
        |     ^^^^
net.yaml:7:13: E308 relu takes 1 input, not 2 (write from: with one name, or -1)
      7 |   - {from: [-1, -1], relu: {}}
        |             ^^
2 errors
""",
    ),
    (
        """\
convcost: 1
input: [3, 32, 32]
layers:
  - {name: x, relu: {}}
  - attention: [x, []]
  - matmul: [x]
""",
        """\
net.yaml:5:5: E308 attention joins 3 tensors, not 2
      5 |   - attention: [x, []]
        |     ^^^^^^^^^
net.yaml:6:5: E308 matmul joins 2 tensors, not 1
      6 |   - matmul: [x]
        |     ^^^^^^
2 errors
""",
    ),
    (
        """\
convcost: 1
input: [3, 32, 32]
layers:
  - {conv: {kernel: 3, out: 8, norm: {scale: {}}}}
  - roi_align: {size: 7, count: 3}
  - moe
""",
        """\
net.yaml:4:39: E125 unknown norm 'scale'
      4 |   - {conv: {kernel: 3, out: 8, norm: {scale: {}}}}
        |                                       ^^^^^
net.yaml:5:5: E125 unknown op or block 'roi_align' (did you mean 'crop'?)
      5 |   - roi_align: {size: 7, count: 3}
        |     ^^^^^^^^^
net.yaml:6:5: E125 unknown op or block 'moe' (did you mean 'experts'?)
      6 |   - moe
        |     ^^^
3 errors
""",
    ),
    (
        """\
convcost: 1
input: [3, 32, 32]
layers:
  - add: [{if: cin == 4, relu: {}}]
""",
        """\
net.yaml:4:5: E309 add: no path is left (every 'if' is false)
      4 |   - add: [{if: cin == 4, relu: {}}]
        |     ^^^
""",
    ),
    (
        """\
convcost: 1
input: [3, 32, 32]
layers:
  - switch: [{if: cin == 4, relu: {}}]
""",
        """\
net.yaml:4:5: E310 switch: no condition holds (a last path without 'if' is the default)
      4 |   - switch: [{if: cin == 4, relu: {}}]
        |     ^^^^^^
""",
    ),
    (
        """\
convcost: 1
input: [3, 32, 32]
layers:
  - {name: a, relu: {}}
  - {name: a, relu: {}}
""",
        """\
net.yaml:5:12: E311 two layers of one path are named 'a', the other in line 4
      5 |   - {name: a, relu: {}}
        |            ^
""",
    ),
    (
        """\
convcost: 1
input: [3, 32, 32]
layers:
  - {name: a/relu1, relu: {}}
  - {name: a, path: [relu]}
""",
        """\
net.yaml:5:22: E311 two layers are named 'a/relu1' (the name of a layer and of a scope with a layer in it may meet: rename one)
      5 |   - {name: a, path: [relu]}
        |                      ^^^^
   in path (line 5) -> item[0] -> relu
""",
    ),
    (
        """\
convcost: 1
input: [3, 32, 32]
hyperparameters: {alpha: {default: 0.7, integer: false}}
layers:
  - conv: {kernel: 3, out: alpha*32}
""",
        """\
net.yaml:5:28: E312 out = 112/5 is not a whole number (floor(...) gives 22, ceil(...) 23)
      5 |   - conv: {kernel: 3, out: alpha*32}
        |                            ^^^^^^^^
""",
    ),
    (
        """\
convcost: 1
input: [3, 32, 32]
layers:
  - conv: {kernel: [3, 0], out: 8}
  - conv: {kernel: 3, out: 8, padding: [1, -1]}
""",
        """\
net.yaml:4:24: E313 kernel = 0 is less than 1
      4 |   - conv: {kernel: [3, 0], out: 8}
        |                        ^
""",
    ),
    (
        """\
convcost: 1
input: [3, 32, 32]
layers:
  - conv: {kernel: 3, out: same}
  - conv: {kernel: 3, out: 8, bias: 1}
  - upsample: {factor: 2, mode: same}
""",
        """\
net.yaml:4:28: E314 out is a number, not the word 'same'
      4 |   - conv: {kernel: 3, out: same}
        |                            ^^^^
""",
    ),
    (
        """\
convcost: 1
input: [3, 32, 32]
layers:
  - conv: {kernel: [3, 3, 3], out: 8}
  - conv: {kernel: 3, out: 8, padding: [1, 1, 1]}
""",
        """\
net.yaml:4:20: E315 kernel is a list of 3 (the input has 2 spatial axes: one number, or one for each)
      4 |   - conv: {kernel: [3, 3, 3], out: 8}
        |                    ^
""",
    ),
    (
        """\
convcost: 1
input: [3, 32, 32]
defaults: {padding: half}
layers:
  - maxpool: {kernel: 2, stride: 2}
""",
        """\
net.yaml:5:5: E316 padding half of a kernel of 2 is 1/2 (an even kernel needs valid, same, or amounts)
      5 |   - maxpool: {kernel: 2, stride: 2}
        |     ^^^^^^^
""",
    ),
    (
        """\
convcost: 1
input: [3, 32, 32]
hyperparameters: {classes: 10}
requires: [classes > 10]
layers: [relu]
""",
        """\
net.yaml:4:12: E318 'classes > 10' does not hold for these values
      4 | requires: [classes > 10]
        |            ^^^^^^^^^^^^
""",
    ),
    (
        """\
convcost: 1
input: [3, 32, 32]
layers:
  - flatten
  - conv: {kernel: 3, out: 8}
""",
        """\
net.yaml:5:5: E320 conv works on channels and space, and its input has no spatial axes
      5 |   - conv: {kernel: 3, out: 8}
        |     ^^^^
""",
    ),
    (
        """\
convcost: 1
input: [3, 32, 32]
layers:
  - {name: flat, flatten: {}}
  - linear: {out: height(flat)}
""",
        """\
net.yaml:5:26: E320 flat has no height: it has 0 spatial axes
      5 |   - linear: {out: height(flat)}
        |                          ^^^^
""",
    ),
    (
        """\
convcost: 1
input: [3, 32, 32]
blocks:
  residual:
    args: {out: ~, stride: 1}
    body:
      - add:
          - conv: {kernel: 3, stride: stride, out: out, padding: same}
          - []
layers:
  - table:
      columns: [s, c]
      rows:
        - [1, 3]
        - [2, 8]
      each: [{residual: {out: c, stride: s}}]
""",
        """\
net.yaml:7:9: E405 add joins different shapes; inputs: residual2/add1/branch1/conv1 (line 8), residual1/add1 (line 7) (make them equal)
      7 |       - add:
        |         ^^^
   in table row 2 (line 15) -> each[0] -> residual (line 16) -> body[0] -> add
""",
    ),
    (
        """\
convcost: 1
input: [3, 32, 32]
layers:
  - pointwise: {out: 8, norm: group}
""",
        """\
net.yaml:4:31: E128 group needs the argument 'groups' (write norm: {group: {groups: ...}})
      4 |   - pointwise: {out: 8, norm: group}
        |                               ^^^^^
""",
    ),
    (
        """\
convcost: 1
input: [3, 32, 32]
hyperparameters: {half: 1}
blocks: {relu: {body: []}}
layers: [flatten]
""",
        """\
net.yaml:3:19: E129 'half' cannot be the name of a hyperparameter ('half' is a word that stands for itself)
      3 | hyperparameters: {half: 1}
        |                   ^^^^
net.yaml:4:10: E129 'relu' cannot be the name of a block ('relu' is an op or a key of the language)
      4 | blocks: {relu: {body: []}}
        |          ^^^^
2 errors
""",
    ),
    (
        """\
convcost: 1
input: [3, 32, 32]
layers:
  - conv: {kernel: 3, out: 8, bias: 1}
""",
        """\
net.yaml:4:37: E314 bias is true or false, not 1
      4 |   - conv: {kernel: 3, out: 8, bias: 1}
        |                                     ^
""",
    ),
    (
        """\
convcost: 1
input: [3, 32, 32]
layers:
  - conv: {kernel: 3, out: 8, padding: batch}
""",
        """\
net.yaml:4:40: E314 padding is same, valid, half, a number or a list, not the word 'batch'
      4 |   - conv: {kernel: 3, out: 8, padding: batch}
        |                                        ^^^^^
""",
    ),
    (
        """\
convcost: 1
input: [3, 32, 32]
layers:
  - upsample: {factor: 2, mode: same}
""",
        """\
net.yaml:4:33: E314 mode is nearest or linear, not the word 'same'
      4 |   - upsample: {factor: 2, mode: same}
        |                                 ^^^^
""",
    ),
    (
        """\
convcost: 1
input: [3, 32, 32]
defaults: {bias: 1}
layers: [relu]
""",
        """\
net.yaml:3:18: E314 bias is true or false, not 1
      3 | defaults: {bias: 1}
        |                  ^
""",
    ),
    (
        """\
convcost: 1
input: [3, 32, 32]
layers:
  - conv: {kernel: 3, out: 8, padding: [1, 1, 1]}
""",
        """\
net.yaml:4:40: E315 padding is a list of 3 (one number, one for each axis, or [top, left, bottom, right])
      4 |   - conv: {kernel: 3, out: 8, padding: [1, 1, 1]}
        |                                        ^
""",
    ),
    (
        """\
convcost: 1
input: [3, 32, 32]
layers:
  - conv: {kernel: 3, out: 8, padding: [0, -1]}
""",
        """\
net.yaml:4:44: E313 padding = -1 is less than 0
      4 |   - conv: {kernel: 3, out: 8, padding: [0, -1]}
        |                                            ^^
""",
    ),
    (
        """\
convcost: 1
input: [3, 32.5, 32]
layers: [relu]
""",
        """\
net.yaml:2:12: E312 input extent = 65/2 is not a whole number (floor(...) gives 32, ceil(...) 33)
      2 | input: [3, 32.5, 32]
        |            ^^^^
""",
    ),
    (
        """\
convcost: 1
input: [3, 32, 32]
layers:
  - conv: {kernel: 1, out: channels(inptu)}
""",
        """\
net.yaml:4:37: E306 there is no tensor 'inptu' here (did you mean 'input'?)
      4 |   - conv: {kernel: 1, out: channels(inptu)}
        |                                     ^^^^^
""",
    ),
    (
        """\
convcost: 1
input: [3, 32, 32]
blocks:
  b: {body: [{from: stem, relu: {}}]}
layers:
  - {name: stem, relu: {}}
  - b
""",
        """\
net.yaml:4:21: E306 there is no tensor 'stem' here (a block sees only its inputs, and what is inside a block or branch is not seen outside)
      4 |   b: {body: [{from: stem, relu: {}}]}
        |                     ^^^^
   in b (line 7) -> body[0] -> relu
""",
    ),
    (
        """\
convcost: 1
input: [3, 32, 32]
layers:
  - conv:{kernel: 3, out: 8}
""",
        """\
net.yaml:4:25: E101 not YAML: a colon where no key can be (a space is missing after conv:)
      4 |   - conv:{kernel: 3, out: 8}
        |                         ^
""",
    ),
]


@pytest.mark.parametrize(("text", "expected"), CASES)
def test_full_text(text: str, expected: str) -> None:
    assert errors(text) == expected


def test_every_code_of_grammar_and_expansion_has_a_case() -> None:
    shown = " ".join(expected for _, expected in CASES)
    elsewhere = {"E302", "E317"}  # below, and in test_symbols.py
    elsewhere |= {f"E14{digit}" for digit in range(7)}  # in tests/hostile/test_imports.py
    assert {code for code in CODES if "E120" <= code < "E200" or "E300" <= code < "E400"} - elsewhere <= {
        code for code in CODES if f" {code} " in shown
    }


def test_nesting_of_blocks_shortens_the_trail() -> None:
    chain = "".join(f"  b{i}: {{body: [b{i - 1}]}}\n" for i in range(1, 70))
    text = f"convcost: 1\ninput: [3]\nblocks:\n  b0: {{body: [relu]}}\n{chain}layers: [b69]\n"
    assert errors(text) == (
        "net.yaml:14:16: E302 blocks and branches nested deeper than 60\n"
        "     14 |   b10: {body: [b9]}\n"
        "        |                ^^\n"
        "   in b69 (line 74) -> body[0] -> b68 (line 73) -> body[0] -> ... -> body[0] -> b13 (line 18) -> body[0]"
        " -> b12 (line 17) -> body[0] -> b11 (line 16) -> body[0] -> b10 (line 15)\n"
    )


def test_at_most_twenty_errors() -> None:
    text = "convcost: 1\ninput: [3]\nlayers:\n" + "  - conf\n" * 100
    with pytest.raises(Diagnostics) as caught:
        parse(text)
    assert len(caught.value.errors) == 20


def test_expansion_goes_on_after_an_error_and_says_the_same_once() -> None:
    text = """
convcost: 1
input: [3, 8, 8]
layers:
  - {repeat: 50, conv: {kernel: 0, out: 8}}
  - {from: input, conv: {kernel: 3, out: 1/2}}
  - {add: [input, nothing]}
"""
    with pytest.raises(Diagnostics) as caught:
        build(parse(text), {}, infer)
    assert [error.code for error in caught.value.errors] == ["E313", "E312", "E306"]
