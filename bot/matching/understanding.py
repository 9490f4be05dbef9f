"""What stories make of a query: words put right, themes they speak of, words and sentences that mean the same."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial

from bot.matching.asked import REQUEST, Asked, read
from bot.matching.asking import Asking
from bot.matching.bm25 import Floats
from bot.matching.cache import RecentVectors
from bot.matching.elsewhere import Elsewhere
from bot.matching.encoder import Encoder
from bot.matching.english import english
from bot.matching.filler import FILLER
from bot.matching.lexicon import Lexicon
from bot.matching.mashing import looks_mashed
from bot.matching.meaning import MOST_NEIGHBOURS, Neighbour, Themes
from bot.matching.shelf import Shelf, rarity
from bot.matching.spelling import Spelling
from bot.matching.words import plain, split, stem

FILLER_FROM = 0.85
"""The likeness to filler from which a word is filler in another language: "über", "histoire"."""

FOREIGN_FROM = 0.4
"""The share of words that are not English from which a text is not; other languages share many with it: "me", "una"."""

SHORTEST_TEXT = 2
"""Characters; one letter means nothing, and an encoder finds meaning in it all the same."""

MOST_CHARACTERS = 240
"""What is encoded of a query: the time grows with the text, its meaning hardly."""

MOST_STRANGERS = 8
"""Words that no story holds which are looked up by their meaning, of one query."""

MANY_STRANGERS = 3
"""Words that no story holds from which on a query may take longer than 5 ms, also over few stories."""

LONG_WORD = 12
"""Characters of what is no word of a story, from which on it may be several, written without a space."""

MOST_CHAT_WORDS = 8
"""Words of a text that may be chat and no more."""


@dataclass(frozen=True, slots=True)
class Heard:
    """What a query means."""

    vector: Floats
    themes: Mapping[str, float]
    """The themes by id that it is near to, and how nearly: above 0 up to 1."""
    elsewhere: float
    """How much it sounds like wanting something else than a story: -0.5 to about 1."""


@dataclass(frozen=True, slots=True)
class Understood:
    """A query, understood."""

    asked: Asked
    themes: Mapping[str, set[str]]
    """Words to the ids of the themes they speak of; also of unwanted words, and of words that mean the same."""
    rarity: Mapping[str, float]
    """How much each word tells; one that no story holds as much as the nearest word that means the same."""
    near: Mapping[str, list[Neighbour]]
    """Words that no story holds to words of stories that mean nearly the same, the nearest first."""
    heard: Heard | None
    """What the query means; None without an encoder or without words."""
    is_chat: bool = False
    """Whether it is only said to whom somebody talks with: "what can you do"."""

    @property
    def named(self) -> float:
        """The share of what was asked that names themes, by how much its words tell: 0 to 1."""
        named = sum(tells for word, tells in self.rarity.items() if self.themes.get(word))
        return named / (sum(self.rarity.values()) or 1)


@dataclass(frozen=True, slots=True)
class Ear:
    """What hears the meaning of a query."""

    encoder: Encoder
    queries: RecentVectors
    themes: Themes
    asking: Asking
    elsewhere: Elsewhere


@dataclass(frozen=True, slots=True)
class Understanding:
    """Understands queries to the stories of some shelves; without an ear, by their words alone."""

    shelves: Sequence[Shelf]
    lexicon: Lexicon
    spelling: Spelling
    ear: Ear | None

    def of(self, typed: str) -> Understood:
        """Never fails, whatever was typed."""
        said = plain(typed)
        is_foreign = self._is_foreign_text(said)
        may_be_chat = _may_be_chat(said)
        text, asked = self._read_foreign(said, [said] if may_be_chat else []) if is_foreign else self._read(said)
        themes = self._themes(asked)
        if not self.ear or len(asked.text) < SHORTEST_TEXT:
            return Understood(asked, themes, self._rarity(asked, {}), {}, None)
        strangers = self._strangers(asked)
        whole = [said] if may_be_chat and (is_foreign or _is_mostly_filler(said, asked)) else []
        # Together, because a second call costs as much again.
        of_words = self.ear.queries.encode(strangers, along=[asked.text[:MOST_CHARACTERS], *whole])
        near = {word: self._near(word, of) for word, of in zip(strangers, of_words, strict=True)}
        if foreign := {word for word, found in near.items() if _is_filler(found)}:
            asked = read(text, FILLER | foreign)
        vector, *of_whole = self.ear.queries.encode([(asked.text or text)[:MOST_CHARACTERS], *whole])
        near = {word: [like for like in found if like.word not in FILLER] for word, found in near.items()}
        neighbours = {neighbour.word for found in near.values() for neighbour in found}
        themes |= {word: self.lexicon.themes_in([word]).get(word, set()) for word in neighbours - themes.keys()}
        heard = Heard(vector, self.ear.themes.likeness(vector), self.ear.elsewhere.likeness(vector))
        is_chat = (bool(whole) or " " in asked.text) and self.ear.elsewhere.is_chat(*of_whole or [vector])
        return Understood(asked, themes, self._rarity(asked, near), near, heard, is_chat)

    def only_asks(self, typed: str) -> bool:
        """Whether somebody asked for a story, and did not say of what."""
        text = plain(typed)
        if self._is_foreign_text(text):
            return not self._wish(text)
        asked = read(text, FILLER)
        says_so = REQUEST.search(text) or "service" in split(text)
        return bool(says_so) and not (asked.text or asked.unwanted)

    def is_mashed(self, typed: str) -> bool:
        """Whether it is hands on a keyboard, and no word of any language."""
        return looks_mashed(typed) and not any(map(self.spelling.is_word, split(typed)))

    def takes_long(self, typed: str) -> bool:
        """Whether it is a query that may take longer than others: one in another language, or of rare words."""
        strangers = [word for word in split(plain(typed)) if self._is_strange(word)]
        return len(strangers) >= MANY_STRANGERS or any(len(word) >= LONG_WORD for word in strangers)

    def _read(self, text: str) -> tuple[str, Asked]:
        """Plain text put right, and what was read of it."""
        mended = self.spelling.mended(text)
        return mended, read(mended, FILLER)

    def _read_foreign(self, text: str, whole: Sequence[str]) -> tuple[str, Asked]:
        """The same of a text in another language, without the chat around it; the `whole` will be heard, too."""
        mended, asked = self._read(text)
        # Where nothing of it only asks, these are encoded next: together, as above.
        wish = self._wish(text, along=[*self._strangers(asked), asked.text[:MOST_CHARACTERS], *whole])
        if wish == text:
            return mended, asked
        # Of a text of which nothing had to be put right nothing has to of a part.
        return (wish, read(wish, FILLER)) if mended == text else self._read(wish)

    def _themes(self, asked: Asked) -> dict[str, set[str]]:
        return self.lexicon.themes_in(asked.spoken) | self.lexicon.themes_in(asked.unwanted)

    def _strangers(self, asked: Asked) -> list[str]:
        """Words that no story holds, and that speak of no theme."""
        themes = self._themes(asked)
        return [word for word in asked.words if self._is_strange(word) and word not in themes][:MOST_STRANGERS]

    def _wish(self, text: str, along: Sequence[str] = ()) -> str:
        """A text in another language without the chat around it; `along` is encoded with what is looked at."""
        assert self.ear, "nothing is foreign to who does not listen"
        encode = partial(self.ear.queries.encode, along=along)
        return self.ear.asking.left_out(text, encode, self.ear.encoder.pieces)

    def _is_foreign_text(self, text: str) -> bool:
        """Whether it can be heard that it is in another language than English, and does not only name themes."""
        words = split(text)
        if not self.ear or sum(map(self._is_foreign, words)) < max(1, FOREIGN_FROM * len(words)):
            return False
        # What names a theme is one, whatever it sounds like: "сказать нет", to say no.
        return not set(words) <= self.lexicon.themes_in(words).keys()

    def _is_foreign(self, word: str) -> bool:
        """Whether a word is neither English nor of a story."""
        return not english().is_word(word) and self._is_strange(word)

    def _is_strange(self, word: str) -> bool:
        """Whether no story itself says a word, but at most the titles of its sources."""
        return not any(shelf.index.tells(stem(word)) for shelf in self.shelves)

    def _rarity(self, asked: Asked, near: Mapping[str, list[Neighbour]]) -> dict[str, float]:
        rarities = {}
        for word in asked.words:
            rarities[word] = rarity(self.shelves, stem(word))
            for neighbour, likeness in near.get(word, [])[:1]:
                of_neighbour = rarity(self.shelves, stem(neighbour))
                rarities[word] = likeness * of_neighbour + (1 - likeness) * rarities[word]
        return rarities

    def _near(self, word: str, vector: Floats) -> list[Neighbour]:
        found = [near for shelf in self.shelves if shelf.sense for near in shelf.sense.words.near(word, vector)]
        return sorted(found, key=lambda near: -near.likeness)[:MOST_NEIGHBOURS]


def _is_filler(found: list[Neighbour]) -> bool:
    return bool(found) and found[0].word in FILLER and found[0].likeness > FILLER_FROM


def _may_be_chat(said: str) -> bool:
    """Whether it is no more than a short sentence, and asks for no story."""
    return 2 <= len(split(said)) <= MOST_CHAT_WORDS and not REQUEST.search(said)


def _is_mostly_filler(said: str, asked: Asked) -> bool:
    """Whether more was left out of a text than is left: "I don't understand" means more than "understand"."""
    return not asked.unwanted and 2 * len(split(asked.text)) < len(split(said))
