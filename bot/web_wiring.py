"""The source page's part of the composition root: settings and a data folder in, links out."""

from __future__ import annotations

import ipaddress
import logging
import os
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from bot.build import SystemClock
from bot.signed_links import Signer, SourceLinks, read_key
from bot.texts import load_texts
from bot.web_text import is_web_address
from index.errors import SettingsError

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

    from bot.ports import Reports
    from bot.settings import Settings

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Web:
    """Signed links, and whether chats get them and this process serves their pages."""

    signer: Signer
    links: SourceLinks
    in_chat: bool
    served: bool
    host: str
    port: int


def web_for(settings: Settings, data: Path, *, served: bool = False) -> Web:
    """Wire links over the environment's key, or the data folder's.

    Args:
        settings: all of them.
        data: the folder of everything stored.
        served: serve pages even where the settings don't say so.

    Raises:
        SettingsError: the key can't be had.
    """
    web = settings.web
    signer = Signer(read_key(os.environ, data))
    host = f"[{web.host}]" if ":" in web.host else web.host
    base = web.public_url or f"http://{host}:{web.port}"
    return Web(
        signer=signer,
        links=SourceLinks(signer, base, valid=timedelta(days=web.link_days), clock=SystemClock()),
        in_chat=bool(web.public_url),
        served=served or web.enabled,
        host=web.host,
        port=web.port,
    )


def web_if_set(settings: Settings, data: Path, *, served: bool = False) -> Web | None:
    """Wire links where pages are served or chats lead to them; else no key is needed."""
    if not (served or settings.web.enabled or settings.web.public_url):
        return None
    return web_for(settings, data, served=served)


@asynccontextmanager
async def serving(web: Web | None, reports: Reports) -> AsyncIterator[None]:
    """Serve pages of reports within the running loop, where they are to be served."""
    if web is None or not web.served:
        yield
        return
    from bot.web import SourcePages, app_for, listening
    from bot.web_pages import Pages

    pages = Pages(load_texts())
    source = SourcePages(reports, web.signer, pages, SystemClock())
    async with listening(app_for(source, pages), host=web.host, port=web.port) as port:
        log.warning("the source page is served on %s port %d", web.host, port)
        yield


def check_public_url(url: str) -> None:
    """Check that a messenger takes addresses below ``url`` for its buttons; "" is none.

    Raises:
        SettingsError: it doesn't, or nobody but this machine could open them.
    """
    if not url:
        return
    host = (urlsplit(url).hostname or "") if is_web_address(url) else ""
    try:
        outside = not ipaddress.ip_address(host).is_loopback
    except ValueError:
        outside = "." in host and not host.endswith(".localhost")
    if not outside:
        raise SettingsError(
            f"setting web.public_url: Telegram refuses buttons that lead to {url!r}; give the "
            'address at which others reach the page, or "" for no links in chats'
        )
