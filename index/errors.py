"""Every error the project raises on purpose, as something a person can act on."""

from __future__ import annotations


class BriefingError(Exception):
    """The root: its text is one sentence that says what failed, why, and what to do."""


class SettingsError(BriefingError):
    """A setting is unknown, impossible or missing; the text names it."""


class ModelError(SettingsError):
    """The embedding model is missing, altered or not the one a collection was built with."""


class InputError(BriefingError):
    """One input can't be read. Permanent: the same bytes fail again."""


class UnreachableError(InputError):
    """An address did not answer in time or answered with an error. Worth another try later."""


class NotFoundError(BriefingError):
    """Nothing is stored under that id."""


class StoreError(BriefingError):
    """A store is locked, corrupt, absent or newer than this program."""


class DamagedError(StoreError):
    """A folder of what is derived can't be read; it may be deleted, and is made anew."""


class BusyError(StoreError):
    """Another process holds the index of this data folder."""
