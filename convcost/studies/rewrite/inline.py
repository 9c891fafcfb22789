"""Rewriting in one line of text: "standard-to-grouped groups=8 where kernel == 3"."""

from __future__ import annotations

import re

from convcost.errors import UsageError
from convcost.model import Model
from convcost.spec.document import Document
from convcost.spec.item import Kind
from convcost.studies.rewrite.blocks import homes
from convcost.studies.rewrite.result import Rewrite
from convcost.studies.rewrite.rewrite import rewrite
from convcost.symbols.expr.language import quoted

_FORM = re.compile(r"(?P<rule>[\w-]+)(?P<settings>(?:\s+\w+\s*=(?!=)\s*\S+)*)(?:\s+where\s+(?P<where>.+))?")
_SETTING = re.compile(r"(\w+)\s*=\s*(\S+)")


def rewritten(model: Model, text: str) -> Model:
    """Return a model rewritten by a rule, with its settings and a condition.

    Raises
    ------
    UsageError, SpecError
        E832 for a text of another form, E831 where nothing is rewritten, and as ``rewrite``.
    """
    match = _FORM.fullmatch(text.strip())
    if match is None:
        hint = "write 'RULE NAME=VALUE where CONDITION', such as 'standard-to-separable where cin > 3'"
        raise UsageError("E832", f"{quoted(text)} is not a rewriting", hint=hint)
    settings: dict[str, int | str] = {}
    for name, value in _SETTING.findall(match["settings"]):
        if name in settings:
            raise UsageError("E832", f"{quoted(name)} is set twice")
        settings[name] = value
    done = rewrite(model, match["rule"], where=match["where"] or "", settings=settings)
    if not done.layers:
        raise nothing(done)
    name = model.label or model.architecture.name
    return done.model.replaced(label=f"{name} + {match['rule']}")


def nothing(done: Rewrite) -> UsageError:
    """Say why no layer was rewritten."""
    if done.left:
        name, reason = done.left[0]
        more = f", and {len(done.left) - 1} more" if len(done.left) > 1 else ""
        return UsageError("E831", f"no layer can be rewritten: {name}{more}", hint=reason)
    if done.library:
        message = f"the {done.library} layers selected are in blocks of imported libraries, which stay"
        return UsageError("E831", message, hint="copy the blocks into the spec")
    name = done.before.label or done.before.architecture.name
    message = f"nothing to rewrite: {name} has no such layer for {done.rule.name}"
    hint = _arguments(done.before.architecture.document) if done.rule.free else f"see 'convcost report {name}'"
    return UsageError("E831", message, hint=hint)


def _arguments(document: Document) -> str:
    """Say which arguments the blocks of a spec are called with."""
    calls = [item for item, _ in homes(document) if item.kind is Kind.BLOCK]
    names = dict.fromkeys(name for item in calls for name in item.arguments)
    return f"its blocks are called with {', '.join(names)}" if names else "it calls no blocks with arguments"
