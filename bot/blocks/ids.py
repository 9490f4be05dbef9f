"""The names under which Slack tells us which button was pressed; each is written here and nowhere else."""

SHARE = "share_story"
ANOTHER = "another_story"
READ = "read_story"
RUNNER_UP = "show_runner_up"
SHOW_STORY = "show_story"
SHOW_THEME = "show_theme"
SHOW_THEMES = "show_themes"
