"""The catalogues of sentences: found in the source, kept up to date, compiled.

Needs Babel, which the bot does not.
"""
