"""`python -m bot` is the same as `storybot`."""

from bot.terminal.cli import main

if __name__ == "__main__":
    main()
