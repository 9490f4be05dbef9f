"""What an editor looks at: whether stories are told well, whether all are told, and where the library is thin."""
