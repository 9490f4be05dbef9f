"""How a team's own stories leave and come back: as a pack, as JSON, as CSV.

What is written is read again as the same stories, and the same stories are always written as the same bytes. The file
that writes a format also reads it; `reading` is the one gate through which stories come in, whatever the format.
"""
