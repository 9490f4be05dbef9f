"""Answers that many ask for, written once: drawing a card and writing it as JSON is half of what an answer costs."""

from collections import OrderedDict
from collections.abc import Callable
from weakref import ref

from bot.domain.story import Story
from bot.services.sharing import Found, Nothing, Sharing

# About five kilobytes each.
KEPT = 300


class Written:
    """The latest `KEPT` answers, by what was found for which words; none of them knows whom it answers."""

    def __init__(self) -> None:
        self._kept: OrderedDict[tuple[object, ...], str] = OrderedDict()

    def body(self, sharing: Sharing, found: Found | Nothing, in_channel: bool, write: Callable[[], str]) -> str:
        """What `write` gave for the same before, or gives now."""
        # A library that is gone keeps its answers no longer than others push them out, and is not kept by them.
        key = (ref(sharing), in_channel, found.words, *(story.id for story in _stories(found)))
        body = self._kept.get(key)
        if body is None:
            body = self._kept[key] = write()
            if len(self._kept) > KEPT:
                self._kept.popitem(last=False)
        else:
            self._kept.move_to_end(key)
        return body


def _stories(found: Found | Nothing) -> tuple[Story, ...]:
    return (found.story, *found.runners_up) if isinstance(found, Found) else found.nearest
