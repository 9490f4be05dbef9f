"""The command `storybot`."""
