"""Wanting something else than a story: "steak seasoning recipe" is asked in a story's words, and no story answers it.

What stories hold of such a query says nothing against it, so what the whole of it sounds like must. The encoder hears
that "a recipe" and "release date" are not what titles of stories and the names of themes are: between the two lies a
plane, found once for each library, and one product tells on which side of it a query lies, and how far.
"""

from collections.abc import Sequence
from itertools import cycle

import numpy as np

from bot.matching.bm25 import Floats
from bot.matching.vectors import Encode

WAYS = (
    "a recipe",
    "ingredients and cooking time",
    "how many calories",
    "opening hours",
    "when does the shop open",
    "store near me",
    "discount code",
    "gift voucher",
    "release date",
    "when does it come out",
    "definition",
    "what does the word mean",
    "facts about",
    "how it works, explained",
    "history of",
    "who invented it",
    "error message",
    "does not work, how to fix it",
    "troubleshooting guide",
    "how to install",
    "set up my account",
    "download the app",
    "login page",
    "API documentation",
    "source code example",
    "user manual",
    "technical specifications",
    "size and dimensions",
    "price",
    "how much does it cost",
    "price comparison",
    "cheap offers",
    "used for sale",
    "subscription plans",
    "product reviews",
    "best ones to buy",
    "rental rates",
    "share price",
    "market statistics",
    "annual report",
    "exchange rate",
    "score and results",
    "league table",
    "match schedule",
    "job vacancy",
    "salary",
    "training course",
    "how to become one",
    "application form",
    "deadline",
    "weather forecast",
    "timetable",
    "directions to",
    "cheap tickets",
    "visa requirements",
    "things to see",
    "map of the city",
    "code of the airport",
    "distance between cities",
    "company policy",
    "rules and regulations",
    "holiday dates",
    "template",
    "form to fill in",
    "link to the document",
    "book a room",
    "expense claim",
    "insurance claim",
    "contract terms",
    "tax rate",
    "legal advice",
    "phone number",
    "address",
    "list of names",
    "species and breeds",
    "biology of animals",
    "physics formula",
    "mathematics",
    "chemistry",
    "medical symptoms",
    "engineering",
    "politics and elections",
    "song lyrics",
    "movie trailer",
    "video game walkthrough",
    "quiz answers",
)
"""What people look for elsewhere; of a company too: "LEGO opening hours" is as near to that as to the LEGO stories."""

CHAT = (
    "hello",
    "good morning",
    "how are you",
    "ok, I see",
    "yes please",
    "never mind",
    "this is a test",
    "I do not understand",
    "I do not understand anything",
    "I don't know",
    "what do you mean",
    "what can you do",
    "who are you",
    "are you a robot",
    "how do I use this",
    "what is this",
    "can you help me",
    "see you tomorrow",
    "sorry, wrong window",
    "one moment please",
    "let me think",
    "do you hear me",
    "is it working",
)
"""What people say to whom they talk with, and want no story."""

CHATS_FROM = 0.75
"""The cosine to the nearest of `CHAT` from which a text is no more than that; "waiting time", a theme, has 0.7."""

MOST_TITLES = 1_000
"""Titles that stand for the stories of a library."""

RIDGE = 0.0075
"""How much the plane is held back from following single texts."""

MOST_LIKE_STORY = -0.5
"""To sound more like a story than so speaks for none: any text about service does, and the library may have none."""


class Elsewhere:
    """Knows what wants no story of a library: its titles, companies and themes tell it apart."""

    def __init__(self, titles: Sequence[str], companies: Sequence[str], phrases: Sequence[str], encode: Encode) -> None:
        each = max(1, -(-len(titles) // MOST_TITLES))
        stories = [encode(texts) for texts in (titles[::each], phrases) if texts]
        self._chat = encode(CHAT)
        others = np.vstack([encode([*WAYS, *_of_companies(companies)]), self._chat])
        self._plane = _plane(stories, others)

    def likeness(self, vector: Floats) -> float:
        """How much a text of this vector sounds like wanting something else: about 1, to -0.5 like a story."""
        return max(float(vector @ self._plane[:-1] + self._plane[-1]), MOST_LIKE_STORY)

    def is_chat(self, vector: Floats) -> bool:
        """Whether a text of this vector is only said to whom somebody talks with.

        It must have two words: "robot" alone is near to "are you a robot", and is a wish.
        """
        return float((self._chat @ vector).max()) >= CHATS_FROM


def _of_companies(companies: Sequence[str]) -> list[str]:
    """Every way, before a company and behind another one: so no name tells on which side of the plane a text lies."""
    turns = cycle(companies)
    return [text for way in WAYS for text in (f"{next(turns)} {way}", f"{way} {next(turns)}")] if companies else []


def _plane(stories: Sequence[Floats], others: Floats) -> Floats:
    """The weights of a ridge regression that gives 1 for what is wanted elsewhere, and -1 for stories; a constant last.

    Either side counts as much, however many texts it has, and so does each part of `stories`.
    """
    parts = [*stories, others]
    shares = [*[1 / len(stories)] * len(stories), 1.0]
    rows = np.column_stack([np.vstack(parts), np.ones(sum(map(len, parts)))]).astype(np.float64)
    counts = np.concatenate([np.full(len(part), share / len(part)) for part, share in zip(parts, shares, strict=True)])
    wanted = np.repeat([-1.0, 1.0], [len(rows) - len(others), len(others)])
    held_back = np.diag([*np.full(rows.shape[1] - 1, RIDGE), 0])
    weighted = rows.T * counts
    plane: Floats = np.linalg.solve(weighted @ rows + held_back, weighted @ wanted).astype(np.float32)
    return plane
