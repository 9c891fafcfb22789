"""Mistakes in propagation and totals."""

from __future__ import annotations

from mutation.mistake import Edit, Mistake, mistake

PROPAGATION: tuple[Mistake, ...] = (
    mistake(
        "cost/propagate.py", "propagate", "results[i].output", "results[i - 1].output", "the node before the input"
    ),
    mistake("cost/propagate.py", "propagate", "results[i].output for", "results[-1].output for", "a chain is assumed"),
    mistake(
        "cost/propagate.py", "propagate", "(id(node.op), *inputs)", "(id(node.op),)", "one op object has one shape"
    ),
    mistake(
        "cost/propagate.py",
        "propagate",
        "(id(node.op), *inputs)",
        "(node.op.kind, *inputs)",
        "ops of a kind are the same",
    ),
    mistake(
        "cost/propagate.py",
        "propagate",
        "(id(node.op), *inputs)",
        "(id(node.op), *inputs[:1])",
        "the first input decides",
    ),
    mistake(
        "cost/propagate.py",
        "propagate",
        "(id(node.op), *inputs)",
        "(id(node.op), *(len(x) for x in inputs))",
        "ranks for shapes",
    ),
    mistake(
        "cost/propagate.py",
        "propagate",
        "        results.append(found)",
        "            results.append(found)",
        "a repeated layer is counted once",
    ),
    mistake(
        "cost/propagate.py",
        "propagate",
        "_derive(node, inputs, batch)",
        "_derive(node, inputs, 1)",
        "the batch is forgotten",
    ),
    mistake("cost/propagate.py", "_derive", "infer(node.op, (batch,))", "infer(node.op)", "the batch is forgotten"),
    mistake("cost/propagate.py", "infer", "rule_of(op).output(op, *inputs)", "inputs[0]", "nothing changes a shape"),
    mistake("cost/propagate.py", "Derived.valid", ".valid(self.op", ".counts(self.op", "valid is all"),
    mistake(
        "cost/propagate.py", "Derived.valid", "self._valid = ", "self._valid = self._counts = ", "valid overwrites all"
    ),
    mistake(
        "cost/propagate.py",
        "Derived.input_elements",
        "for shape in self.inputs",
        "for shape in self.inputs[:1]",
        "the first input",
    ),
    mistake(
        "cost/propagate.py",
        "Derived.output_elements",
        "product(self.output)",
        "product(self.output[1:])",
        "elements of one sample",
    ),
    mistake(
        "cost/propagate.py",
        "Derived.weight_elements",
        "self.parameters.stored",
        "self.parameters.trainable",
        "running statistics are read too",
    ),
)

TOTALS: tuple[Mistake, ...] = (
    mistake(
        "cost/analysis.py",
        "Analysis.counts",
        "if self.convention.padding",
        "if not self.convention.padding",
        "all for valid",
    ),
    mistake("cost/analysis.py", "Analysis.metric", "(name, id(derived))", "(name, 0)", "one layer for all"),
    mistake(
        "cost/analysis.py",
        "Analysis.metric",
        "(name, id(derived))",
        "(name, id(derived.op))",
        "one op object has one cost",
    ),
    mistake("cost/analysis.py", "Analysis.metric", "(name, id(derived))", '("", id(derived))', "one metric for all"),
    mistake(
        "cost/convention.py",
        "Convention.cost",
        "if type(derived.op) not in self.tariff",
        "if type(derived.op) in self.tariff",
        "the test turned",
    ),
    mistake(
        "cost/analysis.py",
        "Analysis._compute",
        "self.convention.stored(derived)",
        "derived.parameters.trainable",
        "parameters under any convention",
    ),
    mistake(
        "cost/analysis.py",
        "Analysis.total",
        "return total(self.metric(name, index) for index in chosen)",
        "return total({self.metric(name, index) for index in chosen})",
        "layers that cost the same are counted once",
    ),
    mistake(
        "cost/analysis.py",
        "Analysis.total",
        "return total(self.metric(name, index) for index in chosen)",
        "return total({id(self.derived[i]): self.metric(name, i) for i in chosen}.values())",
        "repeated layers are counted once",
    ),
    mistake(
        "cost/analysis.py", "Analysis.total", "range(len(self.derived))", "range(len(self.derived) - 1)", "off by one"
    ),
    mistake(
        "cost/analysis.py",
        "Analysis.total",
        "if indices is None else indices",
        "if indices is None else range(len(self.derived))",
        "the whole for a part",
    ),
    mistake("cost/analysis.py", "Analysis._group", "indices[-1]", "indices[0]", "the shape of the first node of a row"),
    mistake(
        "cost/analysis.py",
        "Analysis._group",
        'self.total("params", indices)',
        'self.total("weights", indices)',
        "weights for parameters",
    ),
    mistake(
        "cost/analysis.py",
        "Analysis.bind",
        "propagate(graph, self.batch)",
        "propagate(graph)",
        "the batch is forgotten",
    ),
    Mistake(
        "a shared op object is substituted on one shape",
        (
            Edit("cost/analysis.py", "Analysis.bind", "if id(old) not in", "if id(old.op) not in"),
            Edit("cost/analysis.py", "Analysis.bind", "substituted[id(old)] =", "substituted[id(old.op)] ="),
            Edit("cost/analysis.py", "Analysis.bind", "substituted[id(old)] for", "substituted[id(old.op)] for"),
        ),
    ),
    mistake(
        "cost/analysis.py",
        "Substituted.__init__",
        "value(extent) for extent in old.output",
        "extent for extent in old.output",
        "shapes stay formulas",
    ),
    mistake("cost/analysis.py", "Substituted.parameters", "value(p.bias)", "value(p.weight)", "weights for biases"),
    mistake("cost/analysis.py", "Substituted.counts", "self._old.counts", "self._old.valid", "all is valid"),
    mistake("cost/analysis.py", "Substituted.valid", "self._old.valid", "self._old.counts", "valid is all"),
    mistake(
        "cost/analysis.py",
        "",
        "lambda derived: derived.parameters.running",
        "lambda derived: derived.parameters.stored",
        "everything for statistics",
    ),
    mistake(
        "cost/analysis.py",
        "",
        "lambda derived: derived.parameters.weight",
        "lambda derived: derived.parameters.trainable",
        "every parameter is a weight",
    ),
    mistake("cost/grouping.py", "_layer_of", "node.layer or node.name", "node.name", "every node is a layer"),
    mistake("cost/grouping.py", "_by_block", "depth or 1", "depth or 2", "two scopes for one"),
    mistake("cost/grouping.py", "_by_kind", "node.op.kind", "node.op.name", "a coarser label"),
)

CONVENTIONS: tuple[Mistake, ...] = (
    mistake(
        "cost/convention.py",
        "",
        "(Conv, TransposedConv, Linear, Experts, MatMul, Einsum",
        "(Conv, Linear, Experts, MatMul, Einsum",
        "transposed convolutions are free",
    ),
    mistake(
        "cost/convention.py",
        "",
        "Linear, Experts, MatMul, Einsum, Attention",
        "Linear, Experts",
        "matrix products are free",
    ),
    mistake("cost/convention.py", "", "Linear, Experts, MatMul,", "Linear, MatMul,", "experts are free"),
    mistake(
        "cost/convention.py",
        "",
        "Attention, Rnn), Counts(mul=1)",
        "Attention, Rnn), Counts(add=1)",
        "the additions of a bias in the paper's mult-adds",
    ),
    mistake(
        "cost/convention.py",
        "",
        "Linear, Rnn), Counts(add=1)",
        "Linear, Rnn), Counts(mul=1)",
        "with-bias without the bias",
    ),
    mistake("cost/convention.py", "", "Counts(add=1, exp=-2)", "Counts(add=1)", "a softmax in with-bias"),
    mistake("cost/convention.py", "", "Lstm: Counts(mul=1, exp=-1)", "Lstm: Counts(mul=1)", "products inside an lstm"),
    mistake("cost/convention.py", "", "mul=1, exp=-1, tanh=-1", "mul=1, exp=-1", "products inside a gru"),
    mistake("cost/convention.py", "", "add=1, exp=-1, tanh=-2", "add=1, exp=-3, tanh=-1", "an lstm taken for a gru"),
    mistake("cost/convention.py", "", "add=1, exp=-3, tanh=-1", "add=1, exp=-1, tanh=-2", "a gru taken for an lstm"),
    mistake("cost/convention.py", "", "MatMul, Einsum, ", "MatMul, ", "contractions are free"),
    mistake("cost/convention.py", "", "Attention, Rnn), Counts(mul=1)", "Attention), Counts(mul=1)", "an rnn is free"),
    mistake("cost/analysis.py", "Analysis.incomplete", "if not derived.known", "if False", "nothing is unknown"),
    mistake("cost/analysis.py", "Analysis.partial", "return not all", "return not any", "whole if anything is known"),
    mistake("cost/analysis.py", "Analysis.partial", "name in ELEMENTS", "name in METRICS", "no total lacks anything"),
    mistake("cost/analysis.py", "Analysis.complete", "if nodes:", "if not nodes:", "unknown costs are taken for whole"),
    mistake(
        "cost/propagate.py",
        "_derive",
        "if inputs else infer(node.op, (batch,))",
        "if inputs else infer(node.op)",
        "a stored tensor for one sample",
    ),
    mistake("cost/convention.py", "", "Counts(add=1, exp=-2)", "Counts(mul=1)", "experts without the bias"),
    mistake("cost/convention.py", "Convention.mult_adds", "each * counts", "counts", "the tariff is not looked at"),
    mistake("cost/convention.py", "", "            padding=False,\n", "", "the convention without padding counts it"),
    mistake(
        "cost/convention.py",
        "Convention.params",
        "return parameters.weight",
        "return parameters.weight + parameters.bias",
        "biases are no weights",
    ),
    mistake(
        "cost/convention.py",
        "Convention.params",
        "return parameters.stored",
        "return parameters.trainable",
        "running statistics are stored",
    ),
    mistake(
        "cost/convention.py",
        "Convention.params",
        "return parameters.trainable",
        "return parameters.stored",
        "running statistics are not trained",
    ),
    mistake(
        "cost/convention.py",
        "convention",
        "base.replaced(parameters=kind)",
        "base",
        "the kind of parameters is forgotten",
    ),
    mistake(
        "rules/_rule.py",
        "Parameters.trainable",
        "self.weight + self.bias + self.affine",
        "self.weight + self.bias",
        "scales and shifts are trained too",
    ),
    mistake(
        "rules/_rule.py",
        "Parameters.stored",
        "self.trainable + self.running",
        "self.trainable",
        "running statistics are stored",
    ),
)
