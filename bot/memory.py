"""How the C library hands out memory and takes it back, where it can be told."""

import ctypes

# Of glibc's `mallopt`, from its malloc.h.
_M_ARENA_MAX = -8


def share_one_arena() -> None:
    """Have all threads take their memory from one arena; does nothing where the C library has none, such as musl.

    glibc gives each of some threads an arena of its own, and those of the database hold on to whatever they once
    needed: after 30,000 requests the bot held 336 MB, and with one arena 306 (`python -m bench.day`). Threads that
    wait for each other cost little: Python's own lock has them do so anyway.
    """
    mallopt = getattr(ctypes.CDLL(None), "mallopt", None)
    if mallopt:
        mallopt(_M_ARENA_MAX, 1)


def give_back() -> None:
    """Give the system what is free, as glibc by itself does at the very end of what it holds only.

    Nobody gets any memory meanwhile: that takes 1 to 3 ms for the stories that come along, and 15 for thousands.
    """
    malloc_trim = getattr(ctypes.CDLL(None), "malloc_trim", None)
    if malloc_trim:
        malloc_trim(0)
