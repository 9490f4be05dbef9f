"""Packs of YAML as people write them, to stories; each problem with file, line and mend."""
