"""What somebody typed into the form: kept as it is, and told back to them where it cannot be a story yet."""

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.domain.draft import Draft, DraftErrors
from bot.domain.submission import Credit

THEMES = ("empathy", "speed", "honesty", "craft", "humour")
ADAS = Draft(
    title="The umbrella",
    story="It rained, and the doorman walked her to the station under his own umbrella.",
    takeaway="Go the last metres too.",
    themes=("empathy",),
    company="Front desk",
    year="2019",
    consent=True,
)

drafts = st.builds(
    Draft,
    title=st.text(),
    story=st.text(),
    takeaway=st.text(),
    themes=st.lists(st.text(), max_size=5).map(tuple),
    company=st.text(),
    year=st.text(),
    credit=st.sampled_from(Credit),
    consent=st.booleans(),
    author_agrees=st.booleans(),
)


def errors_in(draft: Draft, **asked: str) -> dict[str, str]:
    with pytest.raises(DraftErrors) as found:
        draft.told(THEMES, **asked)
    return found.value.fields


def changed(**fields: object) -> Draft:
    return Draft(**{name: getattr(ADAS, name) for name in Draft.__slots__} | fields)


def test_a_whole_draft_is_told() -> None:
    told = ADAS.told(THEMES)
    assert (told.title, told.year, told.company, told.themes) == ("The umbrella", 2019, "Front desk", ("empathy",))


def test_what_may_be_left_out_is_left_out() -> None:
    told = changed(takeaway=" ", company="", year=" ").told(THEMES)
    assert (told.takeaway, told.company, told.year) == (None, None, None)


def test_an_empty_form_is_told_everything_at_once() -> None:
    assert set(errors_in(Draft())) == {"title", "story", "themes", "consent"}


@pytest.mark.parametrize(
    ("field", "typed", "words"),
    [
        ("title", "", "Write something here."),
        ("title", "x" * 61, "It has 61 characters; at most 60 fit."),
        ("story", "He carried her bags all day.", "It has 28 characters; at least 40 are needed."),
        ("story", "x" * 2_501, "It has 2,501 characters; at most 2,500 fit."),
        ("takeaway", "x" * 201, "It has 201 characters; at most 200 fit."),
        ("themes", (), "Choose at least one theme."),
        ("themes", THEMES, "Choose at most 4 themes; there are 5."),
        ("themes", ("rudeness",), "There is no theme “rudeness” any more. Choose another."),
        ("themes", ("Not An Id",), "There is no theme “Not An Id” any more. Choose another."),
        ("company", "x" * 61, "It has 61 characters; at most 60 fit."),
        ("year", "last spring", "Write a year from 1800 on with four digits, such as 2019."),
        ("year", "19", "Write a year from 1800 on with four digits, such as 2019."),
        ("year", "1066", "Write a year from 1800 on with four digits, such as 2019."),
        ("year", "2019.0", "Write a year from 1800 on with four digits, such as 2019."),
    ],
)
def test_each_thing_amiss_is_told_under_its_own_field(field: str, typed: object, words: str) -> None:
    assert errors_in(changed(**{field: typed})) == {field: words}


def test_whoever_wrote_the_message_is_asked_for_by_name() -> None:
    assert errors_in(ADAS, message_author="Linus") == {
        "author_agrees": "Ask Linus first, and tick this when they agree."
    }
    assert changed(author_agrees=True).told(THEMES, message_author="Linus").title == "The umbrella"


def test_a_theme_chosen_twice_counts_once_and_a_year_may_be_written_in_other_digits() -> None:
    told = changed(themes=("speed", "speed"), year="٢٠١٩").told(THEMES)
    assert (told.themes, told.year) == (("speed",), 2019)


def test_the_lines_of_a_story_stay_lines() -> None:
    story = "  First she called the depot.  \n\n\nThen she drove there herself, at night.\n"
    assert changed(story=story).told(THEMES).story == story.strip().replace(".  \n", ".\n")


def test_few_words_behind_the_command_are_a_title_and_more_are_the_story() -> None:
    assert Draft.from_words("The umbrella") == Draft(title="The umbrella")
    assert Draft.from_words(ADAS.story) == Draft(story=ADAS.story)
    assert Draft.from_words("").is_empty


def test_a_told_story_becomes_a_draft_again_and_its_consent_is_asked_anew() -> None:
    again = Draft.from_told(ADAS.told(THEMES), Credit.MODERATORS)
    assert again == changed(consent=False, credit=Credit.MODERATORS)


@settings(max_examples=50)
@given(drafts)
def test_a_draft_comes_back_from_the_store_as_it_was(draft: Draft) -> None:
    assert Draft.from_json(json.loads(json.dumps(draft.as_json()))) == draft


def test_of_an_older_version_all_is_kept_that_can_be_read() -> None:
    kept = {"title": "The umbrella", "story": 7, "themes": [1], "credit": "loud", "consent": "yes", "mood": "good"}
    assert Draft.from_json(kept) == Draft(title="The umbrella")


@settings(max_examples=50)
@given(drafts, st.text())
def test_whatever_was_typed_is_either_told_or_told_back(draft: Draft, author: str) -> None:
    try:
        told = draft.told(THEMES, message_author=author)
    except DraftErrors as found:
        amiss = found.fields
    else:
        amiss = {}
        assert draft.consent
        assert 40 <= len(told.story) <= 2_500
    assert set(amiss) <= set(Draft.__slots__)
    assert all(amiss.values())


def test_a_title_that_nobody_would_see_is_none() -> None:
    assert errors_in(changed(title="\u200d" * 5)) == {"title": "Write something here."}
