"""What a button remembers, so that a press needs nothing kept on our side.

A button's value is Slack's to carry (2,000 characters at most) and only ever ours to write: Slack signs what comes
back. It may come from an older version of this bot, though, so reading it can fail.
"""

import json
from dataclasses import dataclass

from bot.errors import UserError

VALUE_LIMIT = 2_000
_WORDS_CARRIED = 300


@dataclass(frozen=True, slots=True)
class Pick:
    """A story on a card, and where it came from.

    `words` is what was asked ("" when nothing was), `shown` the ids that this card has shown before, `user_id` the
    person whom the card answers.
    """

    story_id: str
    words: str = ""
    shown: tuple[str, ...] = ()
    user_id: str = ""

    def value(self) -> str:
        """This pick as a button value; when there is no room, the stories shown longest ago are forgotten."""
        for kept in range(len(self.shown) + 1):
            carried = [self.story_id, self.words[:_WORDS_CARRIED], list(self.shown[kept:]), self.user_id]
            value = json.dumps(carried, ensure_ascii=False, separators=(",", ":"))
            if len(value) <= VALUE_LIMIT:
                return value
        raise ValueError("a story id, 300 characters and a user id always fit")


def read_pick(value: str) -> Pick:
    """The pick in a button's value; UserError when it is not one of this version's."""
    try:
        match json.loads(value):
            case [str(story_id), str(words), [*shown], str(user_id)] if all(isinstance(seen, str) for seen in shown):
                return Pick(story_id, words, tuple(shown), user_id)
    except ValueError:
        pass
    raise UserError("This card is from an older version of me. Ask again, and the new one will work.")
