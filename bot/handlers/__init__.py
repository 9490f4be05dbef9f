"""Everything that wakes the bot: one file for each thing a person can do."""
