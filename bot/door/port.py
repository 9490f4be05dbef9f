"""The port. It can be there long before the bot is: what comes in meanwhile waits, where it would have been refused."""

import socket

from bot.errors import Problem, ProblemsError


def listen(host: str, port: int, variable: str) -> socket.socket:
    """A socket to which the system lets others connect from now on, whether or not anybody takes what they send.

    `port` may be 0 for any free one; ProblemsError tells of the `variable` that named one which is taken.
    """
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)
        # A name may have addresses of both kinds, the older of which everybody reaches.
        family = min(family for family, *_ in found)
        return socket.create_server((host, port), family=family)
    except OSError as taken:
        what = f"Nothing can listen there: {taken.strerror or taken}."
        raise ProblemsError([Problem(variable, None, what, "Free the port, or choose another.")]) from taken
