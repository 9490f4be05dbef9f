"""How reviewing looks: what a moderator sees and decides on, and what the author is told."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.blocks import ids
from bot.blocks.message import Message
from bot.blocks.review import Version, card, decision, queue, read_rejection, read_version, reject_form, reminder
from bot.blocks.submit import FormMeta, Purpose
from bot.blocks.text import visible
from bot.domain.draft import DraftErrors
from bot.domain.story import Theme
from bot.domain.submission import Author, Credit, Submission, Told
from bot.domain.workspace import Workspace
from bot.errors import UserError
from playground.limits import check_message
from tests.blocks.test_looks import assert_slack_takes, found, texts_in
from tests.blocks.test_submit import HOSTILE, assert_slack_takes_view, sent_as_it_is

NOON = datetime(2025, 3, 4, 12, 0, tzinfo=UTC)
UMBRELLA = Told(
    title="The umbrella",
    story="It rained.\n\nThe doorman walked her to the station under his own umbrella.",
    themes=("empathy",),
    takeaway="Go the last metres too.",
    company="Front desk",
    year=2019,
)
EMPATHY = Theme(id="empathy", name="Empathy", emoji="heart", meaning="Feeling with others", synonyms=())


def by_ada(credit: Credit = Credit.NAME, told: Told = UMBRELLA) -> Submission:
    author = Author.who(credit, "UADA", "Ada")
    return Submission(Workspace("", "T1"), "a" * 32, author, told, NOON)


def longest(words: str) -> Told:
    def of(length: int) -> str:
        repeated = (words * length)[:length].strip()
        return repeated if visible(repeated).strip() else "x"

    story = of(2_500)
    return Told(
        title=of(60),
        story=story if len(story) >= 40 else "x" * 2_500,
        themes=tuple("abcd"),
        takeaway=of(200),
        company=of(60),
        year=2000,
    )


def action_ids(message: Message) -> list[str]:
    return [button["action_id"] for button in found(message["blocks"], "type", "button")]


def users_in(message: Message) -> list[str]:
    return [user["user_id"] for user in found(message["blocks"], "type", "user")]


def all_of(submission: Submission) -> list[Message]:
    """Every message in which a submission is shown."""
    theme = EMPATHY.model_copy(update={"name": "N" * 30, "emoji": "e" * 40})
    hints = ["Line 2 seems to hold a phone number"] * 40
    longer = submission.told.model_copy(update={"title": "Before", "story": "b" * 2_500, "takeaway": None})
    edited = replace(submission.seconded("UGRACE", longer), permalink="https://t.slack.com/archives/C1/p17")
    rejected = submission.rejected("UGRACE", NOON, "r" * 1_100)
    approved = edited.approved("UMARGARET", NOON)
    return [
        card(submission, [theme] * 4, hints=hints, before=longer),
        card(edited, [theme] * 4, hints=hints, before=longer),
        card(rejected, [theme] * 4),
        card(approved, [theme] * 4),
        card(approved.withdrawn(NOON), [theme] * 4),
        decision(approved, "/story"),
        decision(rejected, "/story"),
        queue([submission] * 20, 30),
    ]


def test_a_card_shows_the_story_as_it_will_look_and_what_can_be_done() -> None:
    message = card(by_ada(), [EMPATHY])
    drawn = " ".join(texts_in(message["blocks"]))
    for part in (UMBRELLA.title, UMBRELLA.story, UMBRELLA.takeaway, "Front desk · 2019", "Empathy"):
        assert part in drawn
    assert action_ids(message) == [ids.APPROVE, ids.EDIT_AND_APPROVE, ids.REJECT]
    for part in (UMBRELLA.title, "It rained. The doorman", UMBRELLA.takeaway, "Empathy", "waits for your decision"):
        assert part in message["text"]


def test_the_author_is_shown_as_they_chose() -> None:
    assert users_in(card(by_ada(Credit.NAME), [])) == ["UADA"]
    discreet = card(by_ada(Credit.MODERATORS), [])
    assert users_in(discreet) == ["UADA"]
    assert any("only moderators" in text for text in texts_in(discreet["blocks"]))


def test_where_others_see_a_card_a_name_for_moderators_only_is_left_out() -> None:
    waiting = by_ada(Credit.MODERATORS)
    for submission in (waiting, waiting.approved("UGRACE", NOON), waiting.rejected("UGRACE", NOON, "Not one.")):
        assert "UADA" not in str(card(submission, [], name_in="/story review"))
    assert users_in(card(by_ada(Credit.NAME), [], name_in="/story review")) == ["UADA"]


def test_of_an_author_who_wants_to_be_nobody_nothing_is_shown() -> None:
    for message in all_of(by_ada(Credit.NOBODY)):
        assert "UADA" not in str(message)
        assert "Ada" not in str(message)


def test_what_to_look_at_and_what_the_author_changed_stand_on_the_card() -> None:
    before = UMBRELLA.model_copy(update={"title": "An umbrella", "year": None})
    message = card(by_ada(), [EMPATHY], hints=["This reads like “The raincoat”."], before=before)
    drawn = " ".join(texts_in(message["blocks"]))
    assert "Changed by its author:" in drawn
    assert "title, when. Title was “An umbrella”. When was empty." in drawn
    assert "This reads like “The raincoat”." in drawn
    assert "This reads like “The raincoat”." in message["text"]


def test_with_four_eyes_the_second_moderator_sees_who_was_first_and_what_they_changed() -> None:
    edited = UMBRELLA.model_copy(update={"title": "Under one umbrella"})
    message = card(by_ada().seconded("UGRACE", edited), [EMPATHY])
    drawn = " ".join(texts_in(message["blocks"]))
    assert "approved it; one more yes is needed." in drawn
    assert "UGRACE" in users_in(message)
    assert "Changed by a moderator:  title. Title was “The umbrella”." in drawn
    assert ids.APPROVE in action_ids(message)


def test_a_decided_card_shows_the_verdict_and_has_no_buttons() -> None:
    approved = card(by_ada().approved("UGRACE", NOON), [EMPATHY])
    rejected = card(by_ada().rejected("UGRACE", NOON, "We have this one already."), [EMPATHY])
    for message, verdict in ((approved, "Approved"), (rejected, "Rejected")):
        assert not action_ids(message)
        assert users_in(message) == ["UADA", "UGRACE"]
        assert [date["timestamp"] for date in found(message["blocks"], "type", "date")] == [int(NOON.timestamp())]
        assert verdict in " ".join(texts_in(message["blocks"]))
        assert message["text"].startswith(f"{verdict}.")
    assert "We have this one already." in " ".join(texts_in(rejected["blocks"]))


def test_of_a_withdrawn_story_only_the_title_is_left() -> None:
    message = card(by_ada().approved("UGRACE", NOON).withdrawn(NOON), [EMPATHY])
    assert "doorman" not in str(message)
    assert not action_ids(message)
    assert UMBRELLA.title in message["text"]
    assert "Withdrawn by its author" in message["text"]


def test_the_author_learns_how_to_find_an_approved_story_and_what_was_changed() -> None:
    edited = UMBRELLA.model_copy(update={"title": "Under one umbrella"})
    told = decision(by_ada().approved("UGRACE", NOON, edited), "/story")
    assert "/story Under one umbrella" in told["text"]
    assert "A moderator changed: title." in told["text"]
    assert "moderator changed" not in decision(by_ada().approved("UGRACE", NOON), "/story")["text"]


def test_the_author_learns_why_a_story_was_not_taken_and_can_send_it_again() -> None:
    told = decision(by_ada().rejected("UGRACE", NOON, "A customer could be recognised."), "/story")
    assert "Reason: A customer could be recognised." in told["text"]
    assert action_ids(told) == [ids.TELL_AGAIN]
    assert "UGRACE" not in str(told)


@pytest.mark.parametrize("words", ["word ", "&", "<", "思", "😀", *HOSTILE])
@pytest.mark.parametrize("credit", list(Credit))
def test_whatever_a_story_holds_slack_takes_every_drawing_of_it(words: str, credit: Credit) -> None:
    for message in all_of(by_ada(credit, longest(words))):
        assert_slack_takes(message)
        check_message(message["text"], message["blocks"])
        assert not list(found(message["blocks"], "type", "mrkdwn"))
        assert "<!" not in message["text"]
        assert "U12345678>" not in message["text"]
        for text in texts_in(message["blocks"]):
            assert text.replace("\n", "") == visible(text.replace("\n", ""))


def test_what_waits_is_listed_each_a_click_from_its_card() -> None:
    message = queue([by_ada()] * 20, 30)
    assert action_ids(message) == [ids.SHOW_SUBMISSION] * 20
    assert message["text"].startswith("30 stories wait for a decision: The umbrella;")
    assert any("And 10 more" in text for text in texts_in(message["blocks"]))
    assert queue([], 0)["text"] == "No story waits for a decision."


def test_a_reminder_says_where_to_look() -> None:
    message = reminder(1, "/story")
    assert_slack_takes(message)
    assert message["text"].startswith("1 story waits for a decision")
    assert "/story review" in message["text"]


@settings(max_examples=50)
@given(st.text(max_size=40), st.integers(1, 10**6))
def test_a_button_says_which_version_was_seen(submission_id: str, revision: int) -> None:
    assert read_version(Version(submission_id, revision).value()) == Version(submission_id, revision)


@pytest.mark.parametrize("value", ["", "{}", "[]", "approve", '["a"]', '[1, "a"]', '["a", "b"]'])
def test_a_button_of_an_older_version_says_so(value: str) -> None:
    with pytest.raises(UserError, match="older version"):
        read_version(value)


def rejection(reasons: list[int], own: str = "") -> dict[str, object]:
    view = reject_form(FormMeta("f", submission_id="s", revision=3, channel_id="C1"), "The umbrella")
    assert_slack_takes_view(view)
    options = next(block["element"]["options"] for block in view["blocks"] if block.get("block_id") == "reasons")
    said = {
        "reasons": {"value": {"selected_options": [options[n] for n in reasons]}},
        "own_words": {"value": {"value": own}},
    }
    return view | {"state": {"values": said}}


def test_reasons_can_be_chosen_written_or_both() -> None:
    meta, reason = read_rejection(rejection([0, 3], "Lovely\nthough!"))
    assert reason == "Not a service story. We have this one already. Lovely though!"
    assert (meta.purpose, meta.submission_id, meta.revision) == (Purpose.REJECT, "s", 3)
    assert read_rejection(rejection([1]))[1] == "A customer could be recognised."
    assert read_rejection(rejection([], "It is about a dog."))[1] == "It is about a dog."


def test_without_a_reason_nothing_is_rejected() -> None:
    untouched = sent_as_it_is(reject_form(FormMeta("f"), "x" * 60))
    for view in (untouched, rejection([], " \u202e ")):
        with pytest.raises(DraftErrors) as amiss:
            read_rejection(view)
        assert set(amiss.value.fields) == {"own_words"}
    with pytest.raises(DraftErrors, match="1,001 characters"):
        read_rejection(rejection([], "x" * 1_001))


def test_a_moderator_is_told_whether_anybody_reads_the_reason() -> None:
    told, untold = (reject_form(FormMeta("f"), "T", author_is_told=is_told) for is_told in (True, False))
    assert "Its author reads the reason." in list(texts_in(told["blocks"]))
    assert any("only moderators read it" in text for text in texts_in(untold["blocks"]))
