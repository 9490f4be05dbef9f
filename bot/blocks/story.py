"""How a story looks: as a card in a message, shared for all, and in full in a modal."""

from collections.abc import Sequence

from bot.blocks import ids
from bot.blocks.message import Block, Message, actions, button, context, header, line, plain, quote, rich, words
from bot.blocks.pick import Pick
from bot.blocks.text import fallback, shortened, visible
from bot.domain.match import Why
from bot.domain.story import Source, Story, Theme

_ASKED_SHOWN = 80
_PARAGRAPHS = 40


def card(
    story: Story,
    themes: Sequence[Theme],
    pick: Pick,
    *,
    why: tuple[Why, ...] = (),
    runners_up: tuple[Story, ...] = (),
    sharable: bool = True,
    more: bool = True,
    note: str = "",
) -> Message:
    """A story as an answer to one person.

    `sharable` and `more` say whether there is a channel to share it to and a further story to ask for; `note` is a
    line beneath the card about what just happened.
    """
    value = pick.value()
    buttons = [button("Read it all", ids.READ, value, says=f"Read it all: {story.title}")]
    if more:
        buttons.insert(0, button("Another one", ids.ANOTHER, value))
    if sharable:
        buttons.insert(
            0, button("Share to channel", ids.SHARE, value, says=f"Share to channel: {story.title}", style="primary")
        )
    reasons = _reasons(pick.words, why)
    blocks = [*_told(story, themes), *([context(reasons)] if reasons else []), actions(*buttons)]
    if runners_up:
        blocks.append(context("These fit as well:"))
        blocks.append(actions(*(_runner_up(other, pick, n) for n, other in enumerate(runners_up))))
    if note:
        blocks.append(context(note))
    also = f"These fit as well: {'; '.join(other.title for other in runners_up)}." if runners_up else ""
    return {"text": fallback(_spoken(story, themes), reasons and f"{reasons}.", also, note), "blocks": blocks}


def shared(story: Story, themes: Sequence[Theme], user_id: str) -> Message:
    """A story as everybody in a channel sees it, with the name of who shared it."""
    who = rich(line({"type": "user", "user_id": user_id}, words(" shared a story")))
    read = button("Read it all", ids.READ, Pick(story.id).value(), says=f"Read it all: {story.title}")
    text = f"<@{user_id}> shared a story. " + fallback(_spoken(story, themes))
    return {"text": text, "blocks": [who, *_told(story, themes), actions(read)]}


def full(story: Story, themes: Sequence[Theme]) -> Block:
    """The modal with the full telling, the takeaway, the question, where accounts differ, and the sources."""
    blocks = [header(story.title), context(where(story))]
    paragraphs = [" ".join(part.split()) for part in story.story.split("\n\n")]
    blocks += [rich(line(words(paragraph))) for paragraph in _together(list(filter(None, paragraphs)))]
    blocks += takeaway(story)
    if story.question:
        blocks.append(rich(line(words("For your team: ", bold=True), words(story.question))))
    if story.differs:
        blocks.append(rich(line(words("On the sources: ", bold=True), words(story.differs))))
    blocks += theme_names(themes)
    if story.sources:
        blocks.append({"type": "divider"})
        blocks.append(rich(line(words("Sources", bold=True)), _sources(story.sources)))
    return {"type": "modal", "title": plain("The whole story", 24), "close": plain("Close", 24), "blocks": blocks}


def _together(paragraphs: list[str]) -> list[str]:
    """At most `_PARAGRAPHS` of them: a modal holds 100 blocks, and what a colleague wrote may be all line breaks."""
    if len(paragraphs) <= _PARAGRAPHS:
        return paragraphs
    return [*paragraphs[: _PARAGRAPHS - 1], " ".join(paragraphs[_PARAGRAPHS - 1 :])]


def _told(story: Story, themes: Sequence[Theme]) -> list[Block]:
    return [
        header(story.title),
        context(where(story)),
        rich(line(words(story.summary))),
        *takeaway(story),
        *theme_names(themes),
    ]


def takeaway(story: Story) -> list[Block]:
    """What a story teaches, where it says so."""
    return [rich(quote(words("Takeaway: ", bold=True), words(story.takeaway)))] if story.takeaway else []


def where(story: Story) -> str:
    """Company, place and year, and who told it, as far as they are known."""
    told_by = f"told by {story.told_by}" if story.told_by else None
    return " · ".join(str(part) for part in (story.company, story.place or story.country, story.year, told_by) if part)


def theme_names(themes: Sequence[Theme]) -> list[Block]:
    """What a story shows; nothing of a team's own whose themes no pack has any more, as Slack refuses empty texts."""
    names = "   ".join(f":{theme.emoji}: {theme.name}" for theme in themes)
    return [context(names, emoji=True)] if names else []


def _reasons(asked: str, why: tuple[Why, ...]) -> str:
    """What was asked, since Slack does not show a command beside its answer, and why this story answers it."""
    because = f"Why this one: {', '.join(map(str, why))}" if why else ""
    return f"You asked for “{shortened(asked, _ASKED_SHOWN)}”. {because}".strip() if asked else because


def _runner_up(story: Story, pick: Pick, position: int) -> Block:
    chosen = Pick(story.id, pick.words, (*pick.shown, pick.story_id), pick.user_id)
    return button(story.title, f"{ids.RUNNER_UP}:{position}", chosen.value())


def _sources(sources: tuple[Source, ...]) -> Block:
    return {"type": "rich_text_list", "style": "bullet", "elements": [line(*_source(source)) for source in sources]}


def _source(source: Source) -> list[Block]:
    by = ", ".join(part for part in (source.author, source.publisher) if part)
    title: Block = words(source.title)
    if source.url:
        title = {"type": "link", "url": source.url, "text": visible(source.title)}
    return [title, words(f" ({by})")] if by else [title]


def _spoken(story: Story, themes: Sequence[Theme]) -> str:
    shown = f" Themes: {', '.join(theme.name for theme in themes)}." if themes else ""
    learned = f" Takeaway: {story.takeaway}" if story.takeaway else ""
    return f"{story.title} ({where(story)}). {story.summary}{learned}{shown}"
