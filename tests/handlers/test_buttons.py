"""What the buttons of a card do."""

from playground import Playground


async def test_sharing_tells_the_story_to_all_and_names_who_shared_it(slack: Playground) -> None:
    ada, grace = slack.person("Ada"), slack.person("Grace")
    await ada.types("/story nordstrom", channel="general")
    await ada.clicks("Share to channel", on=ada.last("general"))

    [post] = grace.sees("general")
    assert not post.ephemeral
    assert post.drawn.startswith("@Ada shared a story")
    assert "diamond" in post.drawn
    own = next(message for message in ada.sees("general") if message.ephemeral)
    assert "You shared this story" in own.drawn
    assert "Share to channel" not in own.buttons


async def test_sharing_twice_in_haste_posts_once(slack: Playground) -> None:
    ada, grace = slack.person("Ada"), slack.person("Grace")
    await ada.types("/story nordstrom", channel="general")
    card = ada.last("general")
    await ada.clicks("Share to channel", on=card)
    pressed = slack.requests[-1]
    await slack.sends(*signed_again(slack, pressed))

    assert len(grace.sees("general")) == 1


async def test_another_one_goes_through_all_that_fit_and_then_says_so(slack: Playground) -> None:
    ada = slack.person("Ada")
    await ada.types("/story humour", channel="general")
    titles = [title_of(ada.last("general"))]
    while "Another one" in ada.last("general").buttons:
        await ada.clicks("Another one", on=ada.last("general"))
        titles.append(title_of(ada.last("general")))

    assert len(ada.sees("general")) == 1, "each one takes the place of the one before"
    *different, last = titles
    assert last == different[-1], "the last story stays"
    assert len(set(different)) == len(different) >= 2
    assert "That was the last one on “humour”." in ada.last("general").drawn


async def test_read_it_all_opens_the_whole_story(slack: Playground, library) -> None:
    ada = slack.person("Ada")
    await ada.types("/story netflix", channel="general")
    await ada.clicks("Read it all", on=ada.last("general"))

    story = library.story("netflix-captain-mike")
    assert ada.modal is not None
    assert story.question in ada.modal.drawn
    assert story.differs in ada.modal.drawn
    for source in story.sources:
        assert source.title in ada.modal.drawn
    await ada.closes()
    assert ada.modal is None


async def test_a_runner_up_is_one_click_away(slack: Playground) -> None:
    ada = slack.person("Ada")
    await ada.types("/story empathy", channel="general")
    card = ada.last("general")
    runner_up = card.buttons[3]
    await ada.clicks(runner_up, on=card)

    assert title_of(ada.last("general")) == runner_up
    assert len(ada.sees("general")) == 1


async def test_pressing_on_somebody_elses_card_leaves_it_as_it_is(slack: Playground) -> None:
    ada, grace = slack.person("Ada"), slack.person("Grace")
    await ada.types("@storybot a story about empathy please", channel="general")
    await slack.settled()
    card = grace.last("general")
    await grace.clicks("Another one", on=card)

    assert title_of(next(m for m in ada.sees("general") if m.ts == card.ts)) == title_of(card)
    assert grace.last("general").ephemeral
    assert title_of(grace.last("general")) != title_of(card)


def title_of(card) -> str:
    return card.blocks[0]["text"]["text"]


def signed_again(slack: Playground, delivery):
    import json
    from urllib.parse import urlencode

    body = urlencode({"payload": json.dumps(delivery.payload)}).encode()
    return body, slack.sign(body)


async def test_in_a_thread_the_answer_beside_somebody_elses_card_stays_in_the_thread(slack: Playground) -> None:
    ada, grace = slack.person("Ada"), slack.person("Grace")
    await ada.types("@storybot a story about empathy please", channel="general")
    await slack.settled()
    card = grace.last("general")
    await grace.clicks("Another one", on=card)

    assert grace.last("general").thread_ts == card.thread_ts


async def test_sharing_a_card_that_all_can_see_writes_nothing_on_it(slack: Playground) -> None:
    ada = slack.person("Ada")
    await ada.types("@storybot teamwork", channel="general")
    await slack.settled()
    card = ada.last("general")
    await ada.clicks("Share to channel", on=card)

    assert next(message for message in ada.sees("general") if message.ts == card.ts).drawn == card.drawn
    assert "shared a story" in ada.last("general").drawn


async def test_another_one_passes_over_what_was_just_seen(slack: Playground) -> None:
    ada = slack.person("Ada")
    await ada.types("/story empathy", channel="general")
    first = ada.last("general")
    runner_up = first.buttons[3]
    await ada.clicks(runner_up, on=first)
    await ada.types("/story empathy", channel="general")
    await ada.clicks("Another one", on=ada.last("general"))

    assert title_of(ada.last("general")) not in (title_of(first), runner_up)
