"""moto's answers, made faster: what moto works out again for each attribute of each answer depends only on the attribute's place in the AWS model."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache, lru_cache
from typing import Any

from moto.core.serialize import AttributePickerContext, XFormedAttributePicker
from moto.core.utils import get_value

from support.world.aws.xml import PROLOG, written

_NOTHING = object()


class RememberingPicker(XFormedAttributePicker):
    """Finds the attributes that moto's own picker finds, and remembers for each class and place in the model under which names to look."""

    _names: dict[tuple[type, int, str], tuple[object, tuple[str, ...]]] = {}  # noqa: RUF012  (one memory for the process)
    _transforms: dict[tuple[int, str], tuple[object, Callable[[Any], Any] | None]] = {}  # noqa: RUF012

    def __call__(self, context: AttributePickerContext) -> Any:  # noqa: ANN401  (any attribute)
        """The attribute's value, transformed if the response class asks for it; None if it has none."""
        value: Any = None
        for name in self._possible(context):
            found = _attribute(context.obj, name)
            if found is not _NOTHING:
                value = found
                break
        if self.response_transformers:
            transform = self._transform(f"{context.key_path}.{context.key}")
            if transform is not None:
                return transform(value)
        return value

    def _possible(self, context: AttributePickerContext) -> tuple[str, ...]:
        place = (type(context.obj), id(context.shape), context.key)
        known = self._names.get(place)
        if known is None:
            # The shape is kept with the names, so that its id is never another's.
            known = self._names[place] = (context.shape, tuple(dict.fromkeys(self.get_possible_keys(context))))
        return known[1]

    def _transform(self, path: str) -> Callable[[Any], Any] | None:
        place = (id(self.response_transformers), path)
        known = self._transforms.get(place)
        if known is None:
            found = next((each for suffix, each in self.response_transformers.items() if path.endswith(suffix)), None)
            known = self._transforms[place] = (self.response_transformers, found)
        return known[1]


def _attribute(obj: Any, name: str) -> Any:  # noqa: ANN401
    if type(obj) is dict:
        return obj.get(name, _NOTHING)
    return get_value(obj, name, _NOTHING)


def apply() -> None:
    """Puts these in the place of moto's, for the whole process."""
    import moto.core.responses as responses
    from moto.core.serialize import EC2Serializer, QuerySerializer

    QuerySerializer._serialize_body = lambda _, body: written(body)  # type: ignore[assignment,method-assign]  # noqa: SLF001
    EC2Serializer._serialize_body = lambda _, body: PROLOG + written(body)  # type: ignore[assignment,method-assign]  # noqa: SLF001
    names = vars(responses)
    names["XFormedAttributePicker"] = RememberingPicker
    # moto lists the methods of a class of 600 at each call; they do not change.
    names["method_names_from_class"] = cache(lambda kind: frozenset(name for name in dir(kind) if callable(getattr(kind, name, None))))
    names["camelcase_to_underscores"] = lru_cache(2048)(names["camelcase_to_underscores"])
