"""What ours is measured against: other search engines, and apps that only say "hi"."""
