"""Routes and templates compiled once in a process: most of making a site, as each test does, is compiling the same."""

from collections.abc import Callable
from typing import Any

from jinja2 import BytecodeCache
from jinja2.bccache import Bucket
from werkzeug.routing import Rule

Builder = Callable[..., tuple[str, str]]


def compile_routes_once() -> None:
    """What builds an address depends on the words of its rule alone, not on the site that has it."""
    compile_builder: Any = Rule._compile_builder
    known: dict[tuple[Any, ...], Builder] = {}

    def once(self: Rule, append_unknown: bool = True) -> Builder:
        key = (self.rule, tuple(self._trace), repr(self.defaults), append_unknown)
        if key not in known:
            known[key] = compile_builder(self, append_unknown)
        return known[key]

    Rule._compile_builder = once  # type: ignore[method-assign]


class Templates(BytecodeCache):
    def __init__(self) -> None:
        self._known: dict[str, bytes] = {}

    def load_bytecode(self, bucket: Bucket) -> None:
        if bucket.key in self._known:
            bucket.bytecode_from_string(self._known[bucket.key])

    def dump_bytecode(self, bucket: Bucket) -> None:
        self._known[bucket.key] = bucket.bytecode_to_string()
