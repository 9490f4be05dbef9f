"""One workspace or many: who the bot is there, with which token, and how it comes and goes."""
