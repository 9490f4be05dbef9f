"""Where what Slack sends comes in: over HTTP or a WebSocket, verified, in turn, and once."""
