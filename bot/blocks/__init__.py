"""How things look in Slack: pure functions from stories and answers to Block Kit dictionaries."""
