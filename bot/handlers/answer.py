"""From a request to the message that answers it, wherever it was asked."""

from bot.blocks import lists
from bot.blocks.message import Message
from bot.blocks.pick import Pick
from bot.blocks.story import card
from bot.blocks.submit import only_by_command
from bot.domain.match import Strength
from bot.domain.request import (
    ChooseModeration,
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
from bot.seeing import metrics
from bot.services.sharing import Found, Nothing, Sharing


def answer(sharing: Sharing, reader: Reader, request: Request, *, command: str, sharable: bool) -> Message:
    """The message for `request`; `command` is the slash command's name, `sharable` whether there is a channel."""
    match request:
        case Find(words):
            return show(sharing, reader.user_id, find(sharing, reader, words), sharable=sharable)
        case Surprise():
            return draw(sharing, reader.user_id, sharing.surprise(reader), sharable=sharable)
        case ListThemes():
            return lists.themes(sharing.library)
        case Help():
            return lists.help_on(command)
        case Thanks():
            return lists.welcome()
        case Submit() | ListOwn() | Review() | ChooseModeration() | ListSchedules() | ThisWeek() | ListSaved():
            # These need a form, or are for one person's eyes: words in a conversation cannot have either.
            return only_by_command(command)


def find(sharing: Sharing, reader: Reader, words: str) -> Found | Nothing:
    """What there is for `words`, counted by how well it fits."""
    found = sharing.find(reader, words)
    match found:
        case Found():
            metrics.matched(Strength.STRONG)
        case Nothing(_, nearest):
            metrics.matched(Strength.WEAK if nearest else None)
    return found


def show(sharing: Sharing, user_id: str, found: Found | Nothing, *, sharable: bool) -> Message:
    """What was found for somebody, or that nothing was."""
    match found:
        case Found():
            return draw(sharing, user_id, found, sharable=sharable)
        case Nothing(asked, understood=False):
            return lists.not_understood(asked, sharing.library, user_id)
        case Nothing(asked, nearest):
            return lists.nothing(asked, nearest, sharing.library, user_id)


def draw(
    sharing: Sharing,
    user_id: str,
    found: Found,
    *,
    sharable: bool,
    shown: tuple[str, ...] = (),
    more: bool = True,
    note: str = "",
) -> Message:
    """A found story as its card for `user_id`; `shown` are the stories that this card has shown before."""
    return card(
        found.story,
        sharing.library.themes_of(found.story),
        Pick(found.story.id, found.words, shown, user_id),
        why=found.why,
        runners_up=found.runners_up,
        sharable=sharable,
        more=more,
        note=note,
    )
