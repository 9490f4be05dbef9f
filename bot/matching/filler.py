"""English words that tell nothing of what somebody wants: grammar, and the chat and politeness around a wish.

Other languages need no lists: a word that means the same as one of these is filler too.
"""


def _listed(words: str) -> frozenset[str]:
    return frozenset(words.split())


LITTLE = _listed(
    """
    a about after again all also am an and are aren't around as at be because been before being between both but
    by can can't cannot cant could did didn't do does doesn't doing don't done dont during each either else ever
    every few for from had has have having he her here hers him his how i i'd i'll i'm i've if im in into is
    isn't it it's its itself ive just less let let's many me mine more most much must my myself no nor not now
    of off on once only onto or other others our ours out over per quite rather really shall she should since so
    some such than that that's the their theirs them then there these they this those through till to too toward
    towards under until up upon us very was wasn't we were weren't what when where whether which while who whom
    whose why will with within without won't would you your yours
    """
)
"""Words that are only grammar."""

WHO = _listed("customer customers people person service")
"""Chat alone, for every story is about them; but "old people" are not what is old."""

FILLER = LITTLE | _listed(
    """
    anecdote anecdotes another any anybody anymore anyone anything bot btw case cases cool customer customers dear
    example examples find folks found get gets getting give gives good got great guys haha happened hear hello hey
    hi hmm idea ideally ideas interesting know like lmao lol look looking lovely maybe need needed needs nice ok
    okay one ones people perhaps person please pls plz quick random read recommend remember remind search send
    service share short show similar somebody someone something sort stories story storybot stuff suggest suggestion
    suggestions tale tales tell telling thank thanks there's thing things thx time times tmrw told ugh want wanted
    wants wonder wondered wondering yeah yo you've
    """
)
"""Words that only ask: the grammar and the chat."""
