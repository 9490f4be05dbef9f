"""People type what they have in mind, and the story they meant comes first, with a reason they can check."""

from collections.abc import Sequence
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.domain.library import Library
from bot.domain.match import Why
from bot.domain.story import Story
from bot.matching import Matcher
from bot.matching.encoder import STANDARD


def first(matcher: Matcher, words: str) -> str:
    return matcher.match(words)[0].story.id


@pytest.mark.parametrize(
    ("words", "story", "why"),
    [
        ("nordstorm", "nordstrom-vacuumed-diamond", Why("company", "Nordstrom")),
        ("krispy creme", "krispy-kreme-olympic-rings", Why("company", "Krispy Kreme")),
        ("bestbuy", "best-buy-laptop", Why("company", "Best Buy")),
        ("something from High Wycombe", "john-lewis-snow-sleepover", Why("place", "High Wycombe, England")),
        ("stories from the UK", "john-lewis-snow-sleepover", Why("place", "United Kingdom")),
        ("2009", "john-lewis-snow-sleepover", Why("year", "2009")),
        ("healthcare", "dentist-midnight-call", Why("industry", "healthcare")),
        ("on live chat", "netflix-captain-mike", Why("channel", "live chat")),
        ("teamwork", "john-lewis-snow-sleepover", Why("theme", "Teamwork")),
        ("someone lost a diamond", "nordstrom-vacuumed-diamond", Why("mentions", "diamond")),
        ("donuts", "krispy-kreme-olympic-rings", Why("mentions", "doughnuts")),
    ],
)
def test_what_somebody_means_comes_first_and_says_why(small: Matcher, words: str, story: str, why: Why) -> None:
    best = small.match(words)[0]
    assert best.is_strong
    assert best.story.id == story
    assert why in best.why


@pytest.mark.parametrize(
    "words", ["empathy", "empaty", "EMPATHY!", ":sparkles: empathy ✨", "<https://x.example|empathy>"]
)
def test_empathy_is_understood_however_it_is_typed(small: Matcher, words: str) -> None:
    best = small.match(words)[0]
    assert "empathy" in best.story.themes
    assert best.why[0] == Why("theme", "Empathy")


def test_chat_around_a_wish_changes_nothing(small: Matcher) -> None:
    plain = [match.story.id for match in small.match("lost packages", 3)]
    chatty = [match.story.id for match in small.match("hi! do you have anything on lost packages for our team?", 3)]
    assert plain == chatty
    assert plain[0] == "amazon-christmas-playstation"


def test_a_passage_that_means_the_same_is_shown_as_the_reason(small: Matcher) -> None:
    best = small.match("snowed in shoppers spend the night")[0]
    passage = next(why.words for why in best.why if why.kind == "close to").removesuffix(" …")
    assert best.story.id == "john-lewis-snow-sleepover"
    assert passage in " ".join(f"{best.story.title} {best.story.summary} {best.story.story}".split())


def test_what_somebody_does_not_want_stays_away(small: Matcher) -> None:
    wanted = {match.story.id for match in small.match("empathy, but not about airlines")}
    assert "zappos-flowers" in wanted
    assert not wanted & {"southwest-held-flight", "delta-passport-rescue"}


def test_two_wishes_at_once_are_both_heard(small: Matcher) -> None:
    assert first(small, "generosity in a restaurant") in {"wolfgang-puck-hungry-kid", "mortons-airport-steak"}
    assert first(small, "teamwork in a department store") in {"john-lewis-snow-sleepover", "nordstrom-vacuumed-diamond"}


@pytest.mark.parametrize(
    ("words", "story"),
    [
        ("un anillo de diamantes perdido", "nordstrom-vacuumed-diamond"),
        ("Hast du eine Geschichte über den verlorenen Reisepass?", "delta-passport-rescue"),
        ("机场的牛排", "mortons-airport-steak"),
        ("сломанный ноутбук", "best-buy-laptop"),
    ],
)
def test_people_ask_in_their_own_language(small: Matcher, words: str, story: str) -> None:
    best = small.match(words)[0]
    assert best.is_strong
    assert best.story.id == story


@pytest.mark.parametrize(
    "words",
    ["quantum chromodynamics", "kubernetes ingress timeout", "qwertyuiop", "lkjhg", "capital gains tax", "量子力学"],
)
def test_what_no_story_is_about_gets_no_strong_match(small: Matcher, matcher: Matcher, words: str) -> None:
    assert not any(match.is_strong for match in small.match(words))
    assert not any(match.is_strong for match in matcher.match(words))


@pytest.mark.parametrize(
    "words", ["", "  ", "\x00\x07", "?!", "<!channel> <@U012AB3CD>", "\ud800", "anything but airlines"]
)
def test_nothing_said_is_nothing_found(small: Matcher, words: str) -> None:
    assert small.match(words) == []


def test_one_emoji_is_enough(small: Matcher) -> None:
    assert first(small, "🍩") == "krispy-kreme-olympic-rings"


def test_who_shouts_is_answered_as_who_does_not(matcher: Matcher) -> None:
    assert matcher.match("LOST LUGGAGE") == matcher.match("lost luggage")


def test_the_one_story_that_says_a_word_is_not_what_is_wanted_without_it(matcher: Matcher) -> None:
    assert first(matcher, "the Amazon Kindle") == "amazon-kindle-blunt-apology"
    assert first(matcher, "Amazon but not the Kindle one") == "amazon-christmas-playstation"


@pytest.mark.parametrize("words", ["teamwork for interns", "empathy for engineers", "customer obsession"])
def test_a_theme_with_something_beside_it_is_a_wish_all_the_same(matcher: Matcher, words: str) -> None:
    assert matcher.match(words)[0].is_strong


def test_no_reason_is_told_twice(matcher: Matcher) -> None:
    for match in matcher.match("a funeral for robot dogs", limit=3):
        assert len(set(match.why)) == len(match.why)


def test_a_limit_gives_the_best_of_all(small: Matcher) -> None:
    every = small.match("airport")
    assert small.match("airport", limit=2) == every[:2]


def test_asking_again_gives_the_same_answer(small: Matcher) -> None:
    assert small.match("a kind dentist") == small.match("a kind dentist")


def test_without_an_encoder_words_themes_and_typos_still_work(by_words_alone: Matcher) -> None:
    assert not by_words_alone.understands_meaning
    assert first(by_words_alone, "nordstorm") == "nordstrom-vacuumed-diamond"
    assert "empathy" in by_words_alone.match("compassion")[0].story.themes


class Unloadable:
    """An encoder whose files are missing."""

    def encode(self, texts: Sequence[str]) -> object:
        raise FileNotFoundError("weights.npz")

    def pieces(self, text: str) -> list[str]:
        raise FileNotFoundError("sp.model")


def test_an_encoder_that_cannot_be_loaded_costs_the_meaning_only(
    seventeen: Library, caplog: pytest.LogCaptureFixture
) -> None:
    matcher = Matcher(seventeen, Unloadable())  # type: ignore[arg-type]
    assert not matcher.understands_meaning
    assert first(matcher, "nordstorm") == "nordstrom-vacuumed-diamond"
    assert "by their words alone" in caplog.text


def test_a_library_without_stories_or_themes_has_no_answers(seventeen: Library) -> None:
    assert Matcher(Library((), ())).match("empathy") == []
    assert Matcher(Library(seventeen.stories, ())).match("nordstrom")[0].is_strong


@settings(max_examples=150)
@given(st.text(max_size=300))
def test_any_text_gets_ranked_answers_with_reasons(small: Matcher, typed: str) -> None:
    matches = small.match(typed)
    assert [match.score for match in matches] == sorted((match.score for match in matches), reverse=True)
    assert len({match.story.id for match in matches}) == len(matches)
    assert all(match.score > 0 and 1 <= len(match.why) <= 3 for match in matches)


@settings(max_examples=60)
@given(
    st.lists(
        st.sampled_from(["lost", "diamond", "airport", "flowers", "child", "story", "kind", "snow", "ring", "tea"])
    )
)
def test_every_reason_can_be_found_in_its_story(small: Matcher, seventeen: Library, words: list[str]) -> None:
    for match in small.match(" ".join(words)):
        for why in match.why:
            assert _is_true(why, match.story, seventeen)


@pytest.mark.parametrize("typed", ["a" * 10_000, "empathy " * 1_250, "🍩" * 10_000, " ".join(map(str, range(2_500)))])
def test_ten_thousand_characters_are_read_as_far_as_anybody_would(small: Matcher, typed: str) -> None:
    assert len(small.match(typed)) <= 17


def test_a_waiter_is_not_somebody_who_waited(matcher: Matcher) -> None:
    best, *_ = matcher.match("waiter", 1)
    assert best.story.id in {"baton-rouge-waitress", "eleven-madison-park-hot-dog"}


def test_a_slip_of_a_word_that_no_story_holds_is_put_right(matcher: Matcher) -> None:
    best, *_ = matcher.match("firefigters", 1)
    assert best.story.id == "bari-call-centre-stays-on-the-line"
    assert best.is_strong


def test_real_words_are_not_bent_to_those_of_the_library(small: Matcher) -> None:
    """Boots are one letter from books, and both are words."""
    assert STANDARD.pieces("boot") == ["boot"]
    assert "b-dalton-called-competitor" not in {match.story.id for match in small.match("boots") if match.is_strong}


def _is_true(why: Why, story: Story, library: Library) -> bool:
    told = " ".join(f"{story.title} {story.summary} {story.story} {story.takeaway}".split())
    match why.kind:
        case "theme":
            return why.words in {theme.name for theme in library.themes_of(story)}
        case "place":
            return why.words in {story.place, story.country}
        case "mentions":
            return why.words in told
        case "close to":
            return why.words.removesuffix(" …") in told
        case "source":
            return any(source.title.startswith(why.words.removesuffix(" …")) for source in story.sources)
        case facet:
            return why.words == str(getattr(story, facet))


@pytest.mark.parametrize(
    ("asked", "answered"),
    [
        ("hotel", {"magic-castle-popsicle-hotline", "ritz-carlton-joshie-the-giraffe"}),
        (
            "Japan",
            {
                "nintendo-game-boy-for-a-95-year-old",
                "tsukuba-express-twenty-seconds",
                "a-fun-the-robot-dog-clinic",
                "tokyo-disney-plush-helmets",
            },
        ),
        ("outage", {"gitlab-deleted-database-in-public", "o2-outage-human-replies"}),
        ("sign language", {"signsburys-store-learns-to-sign", "starbucks-barista-learns-asl"}),
        ("goodbye", {"citibank-chat-in-a-blink", "nordwestbahn-in-time-for-goodbye"}),
        ("the eighties", {"graniterock-pay-what-we-earned", "lexus-first-recall"}),
        ("1950s", {"norad-santa-wrong-number"}),
        ("going above and beyond", {"light-department-one-more-house"}),
    ],
)
def test_in_the_whole_library_people_find_their_own_work(matcher: Matcher, asked: str, answered: set[str]) -> None:
    best, *_ = matcher.match(asked, 1)
    assert best.is_strong
    assert best.story.id in answered


def test_on_the_phone_is_about_the_channel_and_not_about_phones(matcher: Matcher) -> None:
    for match in matcher.match("on the phone", 3):
        assert match.story.channel == "phone"
        assert str(match.why[0]) == "channel “phone”"


@pytest.fixture(scope="session")
def large(library: Library, cache: Path) -> Matcher:
    """Six times as many stories as the library, of which only one is about a lost diamond."""
    others = [story for story in library.stories if story.id != "nordstrom-vacuumed-diamond"]
    again = [story.model_copy(update={"id": f"{story.id}-{copy}"}) for copy in range(5) for story in others]
    return Matcher(Library((*library.stories, *again), library.themes), kept_in=cache)


@pytest.mark.parametrize(
    "words", ["diamond ring", "un anillo de diamantes perdido", "gem found in the dust", "nordstorm"]
)
def test_one_story_among_hundreds_is_found(large: Matcher, words: str) -> None:
    best, *_ = large.match(words, 1)
    assert best.is_strong
    assert best.story.id == "nordstrom-vacuumed-diamond"


def test_so_many_matches_are_given_as_anybody_looks_at(large: Matcher) -> None:
    assert len(large.match("empathy")) == 100


@pytest.mark.parametrize(
    ("words", "takes_long"),
    [
        ("someone lost a diamond", False),
        ("Tell me a story about a lost ring, please", False),
        ("o piloto esperou por um passageiro", True),
        ("расскажи мне историю о потерянном кольце", True),
        ("なくした指輪についての話を教えてください", True),
        ("elasticsearch shard rebalancing", True),
    ],
)
def test_other_languages_and_rare_words_are_known_to_take_long(
    matcher: Matcher, words: str, *, takes_long: bool
) -> None:
    assert matcher.takes_long(words) is takes_long
