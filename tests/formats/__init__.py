"""A second reader of what Sojourn writes, made from docs/formats.md alone: nothing of ours is imported here.

It shows that whoever has that text can read what is their own, and that the text leaves nothing to guess.
"""
