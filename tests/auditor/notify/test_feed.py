from __future__ import annotations

import json
from dataclasses import replace
from xml.etree.ElementTree import fromstring

from auditor.notify.feed import json_feed, rss
from tests.auditor.notify.test_webhook import NEWS

HOSTILE = replace(NEWS, id="e1-1", sink='</title><script>alert(1)</script>&"]]>')


def test_json_feed() -> None:
    feed = json.loads(json_feed([NEWS, HOSTILE], "https://audit.example", "/feeds/exposures.json"))
    assert feed["version"] == "https://jsonfeed.org/version/1.1"
    assert feed["feed_url"] == "https://audit.example/feeds/exposures.json"
    assert [item["id"] for item in feed["items"]] == ["e1-0", "e1-1"]
    assert feed["items"][0]["title"] == "NEW: user.contact.email reaches outsider mail.example.com"
    assert feed["items"][0]["url"] == "https://audit.example/api/exposures/e1-0"


def test_rss() -> None:
    channel = fromstring(rss([NEWS, HOSTILE], "https://audit.example")).find("channel")
    assert channel is not None
    items = channel.findall("item")
    assert [item.findtext("guid") for item in items] == ["e1-0", "e1-1"]
    assert items[0].findtext("pubDate") == "Sun, 01 Mar 2026 00:00:00 +0000"
    assert HOSTILE.sink in (items[1].findtext("title") or "")
    assert not list(items[1].iter("script"))
