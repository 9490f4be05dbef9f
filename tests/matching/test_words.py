"""What is read of a query, and what falls away."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.matching.asked import Asked, read
from bot.matching.filler import FILLER
from bot.matching.spelling import Known, Spelling
from bot.matching.words import plain, split, stem


def asked(typed: str) -> Asked:
    return read(plain(typed), FILLER)


@pytest.mark.parametrize(
    ("typed", "heard"),
    [
        ("do you have anything on lost packages?", "lost packages"),
        ("got any stories where somebody went the extra mile?", "went the extra mile"),
        ("I need a story for my team about really listening to the customer", "listening to somebody"),
        ("we had a rough week, something about kindness would be nice", "kindness"),
        ("plane waited for a traveller", "plane waited for a traveller"),
        ("teamwork in a restaurant", "teamwork in a restaurant"),
        ("a story about patience, generosity and teamwork", "patience, generosity and teamwork"),
        ("something about kindness and old people please", "kindness and old people"),
        ("I'm looking for something funny to open our meeting with", "funny"),
        ("hey! got a funny story about trains? need it for our retro on friday, thx", "funny, trains"),
        ("my boss asked me for an example of breaking the rules for my one on one", "breaking the rules"),
        ("I saw one here a while ago about seagulls in a hotel, which one was that", "seagulls in a hotel"),
        ("we're moving offices and I need a tale about a taxi. asking because we have no cars", "taxi"),
        ("I need one about teamwork and one about honesty", "teamwork and one about honesty"),
        ("looking for something funny, ideally a story about trains", "funny, trains"),
        ("I'm giving a talk and want to end with something touching from a hospital", "touching from a hospital"),
        ("I lost something in the hotel and they sent it back", "lost something in the hotel and they sent it back"),
        ("my topic is honesty, so... what do you have?", "honesty"),
        ("a customer who left something in the shop", "somebody who left something in the shop"),
        ("my parcel is lost and I want my money back", "parcel is lost, I want my money back"),
    ],
)
def test_the_wish_is_heard_without_the_chat_around_it(typed: str, heard: str) -> None:
    assert asked(typed).text == heard


@pytest.mark.parametrize(
    ("typed", "unwanted"),
    [
        ("kindness, but not about airlines", ("airlines",)),
        ("anything except Amazon please", ("amazon",)),
        ("without snow: stranded travellers", ("snow",)),
        ("without being asked", ()),
        ("knows when not to speak", ()),
        ("never gave up", ()),
    ],
)
def test_only_a_polite_no_keeps_stories_away(typed: str, unwanted: tuple[str, ...]) -> None:
    assert asked(typed).unwanted == unwanted


@pytest.mark.parametrize(
    ("typed", "text"),
    [
        ("<@U012AB3CD> <!here> &lt;b&gt; flowers :tada:", "<b> flowers"),
        ("<https://example.org/x|the link> <#C01|general>", "the link"),
        ("fu\u200bnny\x07 story", "funny story"),
        ("🍩🍩", "doughnut"),
        (":red_heart:", "red heart"),
    ],
)
def test_markup_falls_away_and_emoji_speak_only_when_alone(typed: str, text: str) -> None:
    assert plain(typed) == text


@pytest.mark.parametrize(
    ("asked_for", "other"),
    [("hospitality", "hospital"), ("accountable", "account"), ("dogged", "dog"), ("personal", "person")],
)
def test_words_that_only_look_alike_are_two(asked_for: str, other: str) -> None:
    assert stem(asked_for) != stem(other)


def test_forms_of_a_word_are_one_word() -> None:
    assert stem("accountability") == stem("accountable")
    assert {stem(word) for word in split("Flight flights FLIGHT'S")} == {stem("flight")}
    assert stem("café") == stem("cafe")
    assert split("l'avion d'équipe Morton's O'Hare") == ["avion", "équipe", "morton", "o'hare"]


@given(st.text())
def test_reading_never_fails_and_words_come_from_the_text(typed: str) -> None:
    text = plain(typed)
    found = read(text, FILLER)
    assert set(found.words) <= set(split(text))
    assert found.text in ", ".join(text.split(", ")) or set(split(found.text)) <= set(split(text))


@pytest.fixture
def spelling() -> Spelling:
    words = {"airport", "generosity", "snow", "boot", "restaurant", "flight"}
    known = Known(words, names=["Best Buy", "Krispy Kreme", "Nordstrom"])
    return Spelling([known], is_word={"fight"}.__contains__)


@pytest.mark.parametrize(
    ("typed", "mended"),
    [
        ("a storm at the ariport", "a storm at the airport"),
        ("generousity", "generosity"),
        ("a restaraunt, please", "a restaurant, please"),
        ("krispy creme and bestbuy", "Krispy Kreme and Best Buy"),
        ("snwo", "snwo"),
        ("a fight", "a fight"),
        ("flights", "flights"),
        ("Airport", "Airport"),
    ],
)
def test_slips_are_put_right_and_right_words_stay(spelling: Spelling, typed: str, mended: str) -> None:
    assert spelling.mended(typed) == mended


@given(st.text(max_size=200))
def test_mending_twice_is_mending_once(typed: str) -> None:
    spelling = Spelling([Known({"airport", "generosity"}, ["dont"], ["Best Buy"])], is_word=lambda _: False)
    once = spelling.mended(typed)
    assert spelling.mended(once) == once
