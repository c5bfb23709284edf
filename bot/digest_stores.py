"""All that digests keep in SQL, over one engine."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Self

from bot.claim_store import ClaimStore
from bot.delivery_store import DeliveryStore
from bot.delivery_tables import METADATA
from bot.edition_store import EditionStore
from bot.subscriber_store import SubscriberStore
from index.sql import writing

if TYPE_CHECKING:
    from sqlalchemy import Engine


@dataclass(frozen=True, slots=True, kw_only=True)
class Stores:
    """Where digests live."""

    subscribers: SubscriberStore
    editions: EditionStore
    deliveries: DeliveryStore
    claims: ClaimStore

    @classmethod
    def over(cls, engine: Engine) -> Self:
        """Return the stores of a database; nothing connects yet."""
        return cls(
            subscribers=SubscriberStore(engine),
            editions=EditionStore(engine),
            deliveries=DeliveryStore(engine),
            claims=ClaimStore(engine),
        )


def create(engine: Engine) -> None:
    """Create what is missing of the tables.

    Raises:
        StoreError: the database can't be used.
    """
    with writing(engine) as connection:
        METADATA.create_all(connection)
