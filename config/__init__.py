"""Data that comes with the project: settings, publishers, lexicon and sample reports."""
