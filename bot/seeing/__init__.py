"""How the bot is doing: logs, metrics, traces, and the doctor."""
