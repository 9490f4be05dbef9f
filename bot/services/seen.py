"""Which stories each person has been shown of late, so that they are not shown the same ones again."""

from collections import OrderedDict

from bot.domain.workspace import Reader

# "Just seen" is about what still stands on somebody's screen; "lately" about what they would remember.
JUST_SEEN = 8
LATELY = 200
READERS = 10_000


class Seen:
    """The last `LATELY` story ids of the last `READERS` people, in memory: losing it at a restart costs a repeat."""

    def __init__(self) -> None:
        self._shown: OrderedDict[Reader, list[str]] = OrderedDict()

    def remember(self, reader: Reader, story_id: str) -> None:
        shown = self._shown.setdefault(reader, [])
        if story_id in shown:
            shown.remove(story_id)
        shown.append(story_id)
        del shown[:-LATELY]
        self._shown.move_to_end(reader)
        if len(self._shown) > READERS:
            self._shown.popitem(last=False)

    def lately(self, reader: Reader) -> list[str]:
        """Story ids, the oldest first."""
        return list(self._shown.get(reader, ()))

    def just(self, reader: Reader) -> set[str]:
        return set(self.lately(reader)[-JUST_SEEN:])
