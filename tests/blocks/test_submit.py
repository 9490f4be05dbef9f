"""How telling a story of one's own looks: a form that brings back what was typed into it, and Slack takes."""

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from slack_sdk.models.views import View

from bot.blocks.form import clean
from bot.blocks.submit import (
    FormMeta,
    Purpose,
    draft_of_message,
    errors,
    form,
    kept,
    nobody_reviews,
    read,
    read_tell,
    refused,
    sent,
    tell_us_yours,
)
from bot.blocks.text import visible
from bot.domain.draft import Draft, DraftErrors
from bot.domain.story import Theme
from bot.domain.submission import Credit
from bot.errors import UserError
from playground import form as filling
from playground.limits import check_view
from tests.blocks.test_looks import found, texts_in

HOSTILE = [
    "<!channel> <@U12345678> <https://evil.example|click>",
    "*bold* _it_ `code` ~gone~ :bomb:",
    "\u202egnp.exe\u202c",
    "a\x00b\x07c\x1b[31m",
    "‮" * 40,
    "&lt;!here&gt;",
    "\n" * 2_500,
    "x\n\n" * 830,
    "😀" * 2_500,
    "\u200d" * 50,
]
META = FormMeta("f" * 32)
THEMES = [
    Theme(id=f"theme-{n}", name=f"Theme {n:03}", emoji="heart", meaning="m" * 120, synonyms=()) for n in range(24)
]
FULL = Draft("T", "s" * 100, "t", ("theme-1", "theme-4"), "c", "2019", Credit.MODERATORS, True, True)

metas = st.builds(
    FormMeta,
    form_id=st.text(max_size=40),
    purpose=st.sampled_from([Purpose.SUBMIT, Purpose.EDIT, Purpose.EDIT_AND_APPROVE]),
    submission_id=st.text(max_size=40),
    revision=st.integers(0, 10_000),
    permalink=st.sampled_from(["", "https://team.slack.com/archives/C1/p1700000000000000"]),
    message_author=st.sampled_from(["", "Linus"]),
    channel_id=st.text(max_size=12),
)
written = st.text(max_size=200) | st.sampled_from(HOSTILE)
drafts = st.builds(
    Draft,
    title=written,
    story=written,
    takeaway=written,
    themes=st.sets(st.sampled_from([theme.id for theme in THEMES]), max_size=4).map(lambda ids: tuple(sorted(ids))),
    company=written,
    year=written,
    credit=st.sampled_from(Credit),
    consent=st.booleans(),
    author_agrees=st.booleans(),
)


def assert_slack_takes_view(view: dict[str, Any]) -> None:
    check_view(view)
    View(**view).validate_json()
    for text in texts_in(view["blocks"]):
        assert text == clean(text)


def sent_as_it_is(view: dict[str, Any]) -> dict[str, Any]:
    """The form as Slack sends it when nothing more was typed."""
    return view | {"state": {"values": filling.state_values(view["blocks"], {})}}


def labels(view: dict[str, Any]) -> list[str]:
    return [block["label"]["text"] for block in view["blocks"] if block["type"] == "input"]


def alerts(view: dict[str, Any]) -> list[str]:
    return [block["text"]["text"] for block in view["blocks"] if block["type"] == "alert"]


@settings(max_examples=50)
@given(drafts, metas, st.lists(written, max_size=12))
def test_the_form_brings_back_what_stands_in_it(draft: Draft, meta: FormMeta, warnings: list[str]) -> None:
    view = form(THEMES, draft, meta, warnings=[warning for warning in warnings if visible(warning).strip()])
    assert_slack_takes_view(view)

    remembered, back = read(sent_as_it_is(view))
    assert remembered == meta
    assert (back.title, back.story, back.takeaway) == tuple(map(clean, (draft.title, draft.story, draft.takeaway)))
    assert (back.company, back.year) == (clean(draft.company), clean(draft.year))
    assert sorted(back.themes) == sorted(draft.themes)
    if meta.purpose is Purpose.SUBMIT:
        assert back.credit is draft.credit
    assert back.consent is (draft.consent or meta.purpose is Purpose.EDIT_AND_APPROVE)
    assert back.author_agrees is (draft.author_agrees and bool(meta.message_author))


def test_an_author_is_asked_for_everything_and_a_moderator_for_the_story_only() -> None:
    story = ["Title", "What happened", "What did it show?", "Themes", "Company or team", "When"]
    assert labels(form(THEMES, Draft(), META)) == [*story, "Your name", "The customers in it"]
    assert labels(form(THEMES, Draft(), FormMeta("f", Purpose.EDIT))) == [*story, "The customers in it"]
    assert labels(form(THEMES, Draft(), FormMeta("f", Purpose.EDIT_AND_APPROVE))) == story


def test_the_form_is_called_what_it_is_for() -> None:
    views = [form(THEMES, Draft(), FormMeta("f", purpose)) for purpose in Purpose if purpose is not Purpose.REJECT]
    assert [view["title"]["text"] for view in views] == [
        "Share a service story",
        "Change your story",
        "Edit and approve",
    ]
    assert len({view["callback_id"] for view in views}) == 3


def test_somebody_elses_message_is_linked_and_its_author_asked_for_by_name() -> None:
    view = form(THEMES, FULL, FormMeta("f", permalink="https://t.slack.com/archives/C1/p17", message_author="Linus"))
    assert labels(view)[-1] == "Linus wrote the message"
    assert [link["url"] for link in found(view["blocks"], "type", "link")] == ["https://t.slack.com/archives/C1/p17"]


def test_nobody_is_told_what_it_means() -> None:
    descriptions = [
        text for text in texts_in(form(THEMES, Draft(), META)["blocks"]) if "Nothing about you is kept" in text
    ]
    assert descriptions == ["Nothing about you is kept, and nobody can tell you the decision."]


def test_a_warning_stands_on_top_and_can_be_sent_anyway_but_a_new_one_is_shown_again() -> None:
    phone, alike = "Line 2 seems to hold a phone number", "This reads like “The lost ring”."
    view = form(THEMES, FULL, META.seeing([phone]), warnings=[phone])
    assert view["blocks"][0]["type"] == "alert"
    assert alerts(view) == [phone, "Not sent yet: please look at the top, then mend it or press “Send anyway”."]
    assert view["blocks"][-1]["type"] == "alert", "whoever pressed Send looks at the end of the form"
    assert view["submit"]["text"] == "Send anyway"

    meta, _ = read(sent_as_it_is(view))
    assert not meta.news_in([phone])
    assert not meta.news_in([])
    assert meta.news_in([phone, alike])


def test_of_many_warnings_the_first_are_shown_and_the_rest_counted() -> None:
    warnings = [f"Line {n} seems to hold a phone number" for n in range(1, 41)]
    view = form(THEMES, FULL, META.seeing(warnings), warnings=warnings)
    assert len(alerts(view)) == 8 + 1
    assert any("And 32 more" in text for text in texts_in(view["blocks"]))
    assert not read(sent_as_it_is(view))[0].news_in(warnings)


def test_trouble_is_told_in_the_form_and_what_was_typed_stays() -> None:
    view = form(THEMES, FULL, META, trouble="I could not save this just now.")
    assert alerts(view) == ["I could not save this just now."] * 2, "on top, and where the button is"
    assert read(sent_as_it_is(view))[1].story == FULL.story


def test_a_text_too_long_for_a_form_says_where_it_was_cut() -> None:
    view = form(THEMES, Draft(story="x" * 4_000), META)
    assert_slack_takes_view(view)
    assert "ends after 3,000" in alerts(view)[0]


def test_errors_stand_under_fields_that_the_form_has() -> None:
    meta = FormMeta("f", message_author="Linus")
    with pytest.raises(DraftErrors) as amiss:
        Draft().told([], message_author="Linus")
    view = form(THEMES, Draft(), meta)
    assert set(errors(amiss.value)) <= {block.get("block_id") for block in view["blocks"]}
    assert "author_agrees" in errors(amiss.value)


def test_more_themes_than_a_menu_holds_come_in_groups() -> None:
    many = [theme.model_copy(update={"id": f"t-{n}", "name": f"Name {n:03}"}) for n, theme in enumerate(THEMES * 11)]
    view = form(many, Draft(themes=("t-5", "t-250", "gone")), META)
    assert_slack_takes_view(view)
    assert set(read(sent_as_it_is(view))[1].themes) == {"t-5", "t-250"}


@pytest.mark.parametrize(
    "remembered", ["", "{}", "[]", "no json", '{"form_id": 3}', '{"form_id": "f", "purpose": "x"}']
)
def test_a_form_of_an_older_version_says_so(remembered: str) -> None:
    with pytest.raises(UserError, match="older version"):
        read(form(THEMES, FULL, META) | {"private_metadata": remembered, "state": {"values": {}}})


def test_what_a_form_remembers_fits_even_at_its_longest() -> None:
    meta = FormMeta("f" * 32, Purpose.EDIT, "s" * 32, 10**9, "https://x/" + "p" * 490, "思" * 500, channel_id="C" * 12)
    assert len(meta.seeing([str(n) for n in range(99)]).value()) < 1_500


def test_a_message_becomes_a_draft_line_by_line() -> None:
    draft = draft_of_message("Thanks <@U1>!\nShe wrote to <https://example.org|us> &amp; smiled.\n\nThe end. ")
    assert draft == Draft(story="Thanks !\nShe wrote to us & smiled.\n\nThe end.")


def test_the_button_brings_its_theme_along() -> None:
    button = tell_us_yours(Draft(themes=("theme-1",)))
    assert read_tell(button["value"]) == Draft(themes=("theme-1",))
    assert read_tell(tell_us_yours()["value"]) == Draft() == read_tell("from before")


def test_what_follows_the_form_fits_and_says_what_happens_next() -> None:
    told = {credit: sent(Purpose.SUBMIT, credit, "/story") for credit in Credit}
    for view in (*told.values(), sent(Purpose.EDIT, Credit.NAME, "/story"), kept("/story"), refused("Not yours.")):
        assert_slack_takes_view(view)
    assert "nobody can tell you" in "".join(texts_in(told[Credit.NOBODY]["blocks"]))
    assert "/story mine" in "".join(texts_in(told[Credit.NAME]["blocks"]))
    assert "/story settings" in nobody_reviews("/story")
    waiting = sent(Purpose.SUBMIT, Credit.NAME, "/story", is_reviewed=False)
    assert "it waits until a workspace admin has chosen" in "".join(texts_in(waiting["blocks"]))
