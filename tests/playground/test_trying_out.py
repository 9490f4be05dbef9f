"""Somebody types `make try`."""

import os
import socket
import sys
from asyncio.subprocess import PIPE, create_subprocess_exec

from playground.__main__ import USUAL_PORT


async def test_a_second_try_out_says_that_the_usual_port_is_taken() -> None:
    with socket.socket() as first:
        first.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            first.bind(("127.0.0.1", USUAL_PORT))
            first.listen()
        except OSError:
            pass  # somebody on this machine tries it out just now, which does as well
        environment = {**os.environ, "STORYBOT_NO_BROWSER": "1"}
        trying = await create_subprocess_exec(sys.executable, "-m", "playground", env=environment, stdout=PIPE)
        assert trying.stdout
        said = [(await trying.stdout.readline()).decode() for _ in range(2)]
        trying.kill()
        await trying.communicate()
    assert f"Port {USUAL_PORT} is taken, perhaps by another try-out: this one takes a free one." in said[1]
