"""Values and rules of storytelling: no Slack, no SQL, no files, no clock."""
