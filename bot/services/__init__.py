"""What the bot can do, apart from how Slack asks for it and shows it."""
