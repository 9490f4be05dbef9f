"""Benchmarks: each prints ours beside its peers, measured in one run. Start one as `python -m bench.relevance`."""
