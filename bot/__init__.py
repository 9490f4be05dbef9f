"""Storybot: true stories of great customer service, told where teams already talk."""
