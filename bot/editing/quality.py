"""Whether stories are well told, as far as rules can see: what `storybot check --strict` holds.

Nothing here keeps a story from being told. The rules find what a writer no longer sees after the tenth reading: the
sentence that is too long to follow, the phrase from an advertisement, the beginning that another story has already.
"""

import re
from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from bot.domain.library import Library
from bot.domain.story import Story
from bot.editing.cliches import cliches
from bot.editing.prose import reading_ease, sentences, syllables, words
from bot.errors import Problem
from bot.reading import strict_yaml
from bot.reading.packs import Loaded
from bot.reading.strict_yaml import Document, quoted

# From 25 words on, readers begin to lose the thread: GOV.UK, “Sentence length: why 25 words is our limit” (2014).
MOST_SENTENCE_WORDS = 25
# A “standard” text in Rudolf Flesch, “A new readability yardstick” (1948). On average a story is no harder than that.
MOST_AVERAGE_WORDS = 17
# Flesch calls 60 plain English and 70 “fairly easy”. Many readers have English as their second language.
LEAST_READING_EASE = 70
# Two words are what one hears of a beginning; at one story a week, nobody should think: this one again.
OPENING_WORDS = 2
# Two sentences with one beginning are a pair, three are a list.
MOST_ALIKE_IN_A_ROW = 2
# With fewer, whoever asks for a theme has seen it all after two clicks.
LEAST_STORIES_A_THEME = 3
# What more than every third story shows no longer tells them apart.
AT_MOST_EVERY = 3

PROSE = ("summary", "story", "takeaway", "question", "differs")


@dataclass(frozen=True, slots=True)
class Finding:
    """Something to mend in one field of a story. `seen` is the text to look at; "" for the whole field."""

    field: str
    seen: str
    what: str
    mend: str


def problems(loaded: Loaded) -> list[Problem]:
    """All that the rules find in the good stories of some packs, read together, in the order of files and lines."""
    found = openings(loaded.library)
    for story in loaded.library.stories:
        found[story.id].extend(finding for rule in RULES for finding in rule(story))
    told = list(themes(loaded))
    for story_id, findings in found.items():
        if findings:
            told.extend(_placed(loaded.story_places[story_id].path, findings))
    return sorted(told, key=lambda problem: (problem.path, problem.line or 0))


def long_sentences(story: Story) -> Iterator[Finding]:
    for field in PROSE:
        for sentence in sentences(_text(story, field)):
            length = len(words(sentence))
            if length > MOST_SENTENCE_WORDS:
                what = f"This sentence has {length} words: {quoted(sentence, 60)}."
                yield Finding(field, sentence, what, f"Cut it to {MOST_SENTENCE_WORDS} or make two of it.")


def sentences_on_average(story: Story) -> Iterator[Finding]:
    average = len(words(story.story)) / max(1, len(sentences(story.story)))
    if average > MOST_AVERAGE_WORDS:
        what = f"The sentences of the story have {average:.1f} words on average."
        yield Finding("story", "", what, f"Bring them to {MOST_AVERAGE_WORDS}, some long and some short.")


def hard_to_read(story: Story) -> Iterator[Finding]:
    ease = reading_ease(story.story)
    if ease < LEAST_READING_EASE:
        longest = sorted(dict.fromkeys(words(story.story.lower())), key=syllables, reverse=True)[:5]
        what = f"The story is hard to read: its Flesch Reading Ease is {ease:.1f}, below {LEAST_READING_EASE}."
        yield Finding("story", "", what, f"Use shorter sentences and words; the longest are {', '.join(longest)}.")


def beginnings_in_a_row(story: Story) -> Iterator[Finding]:
    """The third sentence that begins like the two before it, and each one after that."""
    last, times = "", 0
    for sentence in sentences(story.story):
        first = words(sentence)[0].lower()
        last, times = first, times + 1 if first == last else 1
        if times > MOST_ALIKE_IN_A_ROW:
            what = f"This sentence is number {times} in a row that begins with {quoted(words(sentence)[0])}: "
            yield Finding("story", sentence, f"{what}{quoted(sentence, 60)}.", "Begin one of them in another way.")


def empty_phrases(story: Story) -> Iterator[Finding]:
    for field in ("title", *PROSE):
        for phrase, kind in cliches(_text(story, field)):
            yield Finding(field, phrase, f"{quoted(phrase)} {kind.what}.", kind.mend)


def one_sentence_each(story: Story) -> Iterator[Finding]:
    for field, ending, name in (("takeaway", ".", "a full stop"), ("question", "?", "a question mark")):
        text = _text(story, field)
        count = len(sentences(text))
        if count != 1:
            yield Finding(field, "", f"{quoted(field)} has {count} sentences.", "Make it one.")
        if not re.search(rf"\{ending}[”’\"')\]]*$", text):
            yield Finding(field, "", f"{quoted(field)} should end with {name}.", "Word it so that it can.")


def nameless_sources(story: Story) -> Iterator[Finding]:
    """An address may be gone tomorrow; whoever published the page can still be asked for it."""
    for source in story.sources:
        if source.url and not (source.publisher or source.author):
            what = f"The source {quoted(source.title)} names neither publisher nor author."
            yield Finding("sources", source.url, what, "Add one, so that it can be found when its address is gone.")


RULES: tuple[Callable[[Story], Iterator[Finding]], ...] = (
    long_sentences,
    sentences_on_average,
    hard_to_read,
    beginnings_in_a_row,
    empty_phrases,
    one_sentence_each,
    nameless_sources,
)


def openings(library: Library) -> defaultdict[str, list[Finding]]:
    """By story id: that the story opens like another one. The first of them may keep its opening."""
    found: defaultdict[str, list[Finding]] = defaultdict(list)
    first_with: dict[tuple[str, ...], Story] = {}
    for story in library.stories:
        opening = words(story.story)[:OPENING_WORDS]
        first = first_with.setdefault(tuple(word.lower() for word in opening), story)
        if first is not story:
            what = f"The story opens with {quoted(' '.join(opening))}, as {quoted(first.id, 60)} does."
            first_line = story.story.splitlines()[0]
            found[story.id].append(Finding("story", first_line, what, "Open one of them in another way."))
    return found


def themes(loaded: Loaded) -> Iterator[Problem]:
    stories = len(loaded.library.stories)
    most = max(LEAST_STORIES_A_THEME, stories // AT_MOST_EVERY)
    for theme in loaded.library.themes:
        count = len(loaded.library.stories_with(theme.id))
        place = loaded.theme_places[theme.id]
        what = f"{count} of {stories} stories have the theme {quoted(theme.id)}."
        if count < LEAST_STORIES_A_THEME:
            mend = f"Tell more, until there are {LEAST_STORIES_A_THEME}, or take the theme out."
            yield Problem(str(place.path), place.line, what, mend)
        elif count > most:
            mend = f"Keep it for the {most} that show it best, or split it in two."
            yield Problem(str(place.path), place.line, what, mend)


def _text(story: Story, field: str) -> str:
    return getattr(story, field) or ""


def _placed(path: Path, findings: list[Finding]) -> Iterator[Problem]:
    text = path.read_text("utf-8-sig")
    document = strict_yaml.read(text)
    for finding in findings:
        yield Problem(str(path), _line(text, document, finding), finding.what, finding.mend)


def _line(text: str, document: Document, finding: Finding) -> int | None:
    """The line in which the words that were seen begin; that of the field, when the file has them otherwise."""
    line = document.line_of((finding.field,))
    if line is None or not finding.seen:
        return line
    start = sum(map(len, text.splitlines(keepends=True)[: line - 1]))
    seen = re.compile(r"\s+".join(map(re.escape, finding.seen.split()))).search(text, start)
    return line + text.count("\n", start, seen.start()) if seen else line
