"""The words and sentence patterns of the built-in text, as data; every one written for autoclue.

Nothing but the strings of these modules, and digits, can appear in a built-in text, so that its
characters can be listed.
"""
