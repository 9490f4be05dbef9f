"""From a request to the message that answers it, wherever it was asked."""

from bot.blocks import lists
from bot.blocks.message import Message
from bot.blocks.pick import Pick
from bot.blocks.story import card
from bot.blocks.submit import only_by_command
from bot.domain.request import (
    Find,
    Help,
    ListOwn,
    ListSaved,
    ListSchedules,
    ListThemes,
    Request,
    Review,
    Submit,
    Surprise,
    Thanks,
    ThisWeek,
)
from bot.domain.workspace import Reader
from bot.services.sharing import Found, Nothing, Sharing


def answer(sharing: Sharing, reader: Reader, request: Request, *, command: str, sharable: bool) -> Message:
    """The message for `request`; `command` is the slash command's name, `sharable` whether there is a channel."""
    match request:
        case Find(words):
            match sharing.find(reader, words):
                case Found() as found:
                    return draw(sharing, reader, found, sharable=sharable)
                case Nothing(asked, nearest):
                    return lists.nothing(asked, nearest, sharing.library, reader.user_id)
        case Surprise():
            return draw(sharing, reader, sharing.surprise(reader), sharable=sharable)
        case ListThemes():
            return lists.themes(sharing.library)
        case Help():
            return lists.help_on(command)
        case Thanks():
            return lists.welcome()
        case Submit() | ListOwn() | Review() | ListSchedules() | ThisWeek() | ListSaved():
            # These need a form, or are for one person's eyes: words in a conversation cannot have either.
            return only_by_command(command)


def draw(
    sharing: Sharing,
    reader: Reader,
    found: Found,
    *,
    sharable: bool,
    shown: tuple[str, ...] = (),
    more: bool = True,
    note: str = "",
) -> Message:
    """A found story as its card; `shown` are the stories that this card has shown before."""
    return card(
        found.story,
        sharing.library.themes_of(found.story),
        Pick(found.story.id, found.words, shown, reader.user_id),
        why=found.why,
        runners_up=found.runners_up,
        sharable=sharable,
        more=more,
        note=note,
    )
