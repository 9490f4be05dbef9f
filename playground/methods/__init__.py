"""The Web API methods that the playground knows, by name."""

from playground.methods import assistant, chat, conversations, identity, reactions, usergroups, users, views
from playground.methods.method import Method

METHODS: dict[str, Method] = {
    **identity.METHODS,
    **chat.METHODS,
    **views.METHODS,
    **conversations.METHODS,
    **users.METHODS,
    **usergroups.METHODS,
    **assistant.METHODS,
    **reactions.METHODS,
}
