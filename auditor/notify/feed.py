"""Feeds of what was raised: JSON Feed 1.1 and RSS 2.0."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import datetime
from email.utils import format_datetime
from xml.etree.ElementTree import Element, SubElement, tostring

from auditor.notify.model import News

TITLE = "Exposures nobody has approved"
JSON_TYPE, RSS_TYPE = "application/feed+json", "application/rss+xml; charset=utf-8"


def json_feed(news: Sequence[News], base: str, own: str) -> str:
    """`base` is the service's address without a slash at its end, `own` the feed's."""
    return json.dumps(
        {
            "version": "https://jsonfeed.org/version/1.1",
            "title": TITLE,
            "home_page_url": f"{base}/report",
            "feed_url": f"{base}{own}",
            "items": [
                {
                    "id": one.id,
                    "url": _link(base, one),
                    "title": one.title,
                    "content_text": _text(one),
                    "date_published": one.raised,
                    "tags": [one.state, one.evidence, one.sensitivity],
                }
                for one in news
            ],
        }
    )


def rss(news: Sequence[News], base: str) -> bytes:
    """The same for feed readers that only know RSS."""
    root = Element("rss", version="2.0")
    channel = SubElement(root, "channel")
    for name, text in (("title", TITLE), ("link", f"{base}/report"), ("description", TITLE)):
        SubElement(channel, name).text = text
    for one in news:
        item = SubElement(channel, "item")
        for name, text in (("title", one.title), ("link", _link(base, one)), ("description", _text(one))):
            SubElement(item, name).text = text
        SubElement(item, "guid", isPermaLink="false").text = one.id
        SubElement(item, "pubDate").text = format_datetime(datetime.fromisoformat(one.raised))
    page: bytes = tostring(root, encoding="utf-8", xml_declaration=True)
    return page


def _link(base: str, one: News) -> str:
    return f"{base}/api/exposures/{one.id}"


def _text(one: News) -> str:
    return f"{one.title}. Evidence: {one.evidence}; sensitivity: {one.sensitivity}. auditor explain {one.id}"
