"""How lists look: the themes, the stories of one theme, what comes nearest when nothing fits, and the help."""

from bot.blocks import ids
from bot.blocks.message import Block, Message, actions, button, context, header, line, rich, section, words
from bot.blocks.pick import Pick
from bot.blocks.submit import tell_us_yours
from bot.blocks.text import fallback, shortened
from bot.domain.draft import Draft
from bot.domain.library import Library
from bot.domain.story import Story, Theme

# A message holds 50 blocks and about 13,200 characters in all; a theme takes up to 300 of them, a story 450.
THEMES_LISTED = 36
STORIES_LISTED = 20
# The themes that most stories show; all of them would fill a phone's screen.
THEME_BUTTONS = 10
_WORDS_SHOWN = 100


def themes(library: Library) -> Message:
    """Every theme that has stories, with its meaning and count, each a click from its stories."""
    counted = [(theme, library.showing[theme.id]) for theme in library.themes]
    listed = [(theme, count) for theme, count in counted if count][:THEMES_LISTED]
    blocks = [header("What our stories show")]
    for theme, count in listed:
        show = button(_stories(count), ids.SHOW_THEME, theme.id, says=f"{_stories(count)} on {theme.name}")
        blocks.append(section(f":{theme.emoji}: {theme.name}: {theme.meaning}", show, emoji=True))
    if more := sum(1 for _, count in counted if count) - len(listed):
        blocks.append(context(f"And {more} more: ask for them by name."))
    spoken = (f"{theme.name} ({_stories(count)}): {theme.meaning}" for theme, count in listed)
    return {"text": fallback("What our stories show.", *spoken), "blocks": blocks}


def stories_of(theme: Theme, stories: list[Story], user_id: str) -> Message:
    """The stories of one theme, each a click from its card."""
    listed = stories[:STORIES_LISTED]
    blocks = [header(f"{theme.name}: {_stories(len(stories))}"), context(theme.meaning)]
    for story in listed:
        blocks.append(_listed(story, Pick(story.id, theme.name, user_id=user_id)))
    if len(stories) > len(listed):
        blocks.append(context(f"And {len(stories) - len(listed)} more: ask for {theme.name} to leaf through them."))
    blocks.append(actions(button("All themes", ids.SHOW_THEMES, "all")))
    spoken = (f"{story.title}: {story.summary}" for story in listed)
    return {"text": fallback(f"{theme.name}: {_stories(len(stories))}.", *spoken), "blocks": blocks}


def nothing(asked: str, nearest: tuple[Story, ...], library: Library, user_id: str) -> Message:
    """An honest answer when no story fits: what comes nearest, the themes there are, and a way to tell one."""
    short = shortened(asked, _WORDS_SHOWN)
    blocks = [rich(line(words("I have nothing on "), words(f"“{short}”", bold=True), words(" yet.")))]
    if nearest:
        blocks.append(context("Perhaps one of these:"))
    for story in nearest:
        blocks.append(_listed(story, Pick(story.id, user_id=user_id)))
    told = _most_told(library)
    if told:
        blocks.append(context("Or take a theme:"))
        blocks.append(actions(*_theme_buttons(told)))
    asked_theme = [theme.id for theme in library.themes if _calls(asked, theme)][:1]
    blocks.append(context("Or do you have one yourself?"))
    blocks.append(actions(tell_us_yours(Draft(themes=tuple(asked_theme)))))
    near = f"Perhaps one of these: {'; '.join(story.title for story in nearest)}." if nearest else ""
    themes_told = f"Themes: {', '.join(theme.name for theme in told)}." if told else ""
    text = fallback(f"I have nothing on “{short}” yet.", near, themes_told, "Or tell us yours.")
    return {"text": text, "blocks": blocks}


def not_understood(asked: str, library: Library, user_id: str) -> Message:
    """An answer to what is no word of any language: how to ask, a surprise, and the themes there are."""
    short = shortened(asked, _WORDS_SHOWN)
    how = "Tell me in a few words what the story should be about, take a theme, or let me surprise you."
    told = _most_told(library)
    surprise = button("Surprise me", ids.ANOTHER, Pick("", user_id=user_id).value(), style="primary")
    blocks = [
        rich(line(words("I could make nothing of "), words(f"“{short}”", bold=True), words("."))),
        context(how),
        actions(surprise, *_theme_buttons(told)),
    ]
    themes_told = f"Themes: {', '.join(theme.name for theme in told)}." if told else ""
    return {"text": fallback(f"I could make nothing of “{short}”.", how, themes_told), "blocks": blocks}


def help_on(command: str) -> Message:
    """Every form of asking, with an example of each."""
    forms = [
        (f"{command} empathy", "the story that fits best, for your eyes only; any words will do"),
        (f"{command} do you have anything on lost parcels?", "whole sentences work as well"),
        (command, "a story that you have not seen lately"),
        (f"{command} themes", "every theme and how many stories show it"),
        (f"{command} submit", "tell us a story of yours; a moderator reads it first"),
        (f"{command} mine", "the stories you have told, to change or withdraw them"),
        (f"{command} week", "this channel's story of the week once more"),
        (f"{command} saved", "the stories you saved"),
        (f"{command} schedule", "when and where the story of the week is told"),
        (f"{command} review", "for moderators: the stories that wait for a decision"),
        (f"{command} settings", "for workspace admins: who reviews stories, and where"),
        (f"{command} help", "this list"),
        (
            "@storybot a story about teamwork please",
            "an answer for all, in the thread (invite me to the channel first)",
        ),
    ]
    buttons = (
        "Or write to me directly, without the command. On a card, “Read it all” opens the whole story, “Another one” "
        "shows the next that fits, and “Share to channel” tells it to everybody here."
    )
    listed: list[Block] = [line(words(form, code=True), words(f": {meaning}")) for form, meaning in forms]
    bullets: Block = {"type": "rich_text_list", "style": "bullet", "elements": listed}
    blocks = [
        header("True stories of great service"),
        rich(line(words("Ask me like this:")), bullets),
        context(buttons),
    ]
    spoken = "; ".join(f"{form}: {meaning}" for form, meaning in forms)
    return {
        "text": fallback("True stories of great service. Ask me like this:", f"{spoken}.", buttons),
        "blocks": blocks,
    }


def welcome() -> Message:
    """An answer to thanks, after which nothing needs to be said."""
    words_back = "You are welcome. Ask me for another story any time."
    return {"text": fallback(words_back), "blocks": [section(words_back)]}


def apology(what: str) -> Message:
    """Words for a person when their request could not be answered."""
    return {"text": fallback(what), "blocks": [section(what)]}


def _stories(count: int) -> str:
    return "1 story" if count == 1 else f"{count} stories"


def _listed(story: Story, pick: Pick) -> Block:
    show = button("Show", ids.SHOW_STORY, pick.value(), says=f"Show: {story.title}")
    return section(f"{_named(story)}: {story.summary}", show)


def _named(story: Story) -> str:
    return f"{story.title} ({story.company})" if story.company else story.title


def _calls(asked: str, theme: Theme) -> bool:
    """Whether these words are a name of the theme."""
    return asked.strip().casefold() in (theme.id, theme.name.casefold(), *map(str.casefold, theme.synonyms))


def _most_told(library: Library) -> list[Theme]:
    return sorted(library.themes, key=lambda theme: -library.showing[theme.id])[:THEME_BUTTONS]


def _theme_buttons(themes: list[Theme]) -> list[Block]:
    every = button("All themes", ids.SHOW_THEMES, "all")
    return [*(_theme_button(theme, n) for n, theme in enumerate(themes)), every]


def _theme_button(theme: Theme, position: int) -> Block:
    label = f":{theme.emoji}: {theme.name}"
    return button(label, f"{ids.SHOW_THEME}:{position}", theme.id, emoji=True)
