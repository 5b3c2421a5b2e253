"""Messages to the page."""

import base64
import json
import sys

CHANNEL = "/dev/page"
LONGEST = 100_000  # characters of one value


def tell(kind, **message):
    """Send a message to the page; what was printed before arrives before it."""
    sys.stdout.flush()
    sys.stderr.flush()
    with open(CHANNEL, "ab", buffering=0) as channel:
        channel.write(json.dumps({"kind": kind, **message}).encode() + b"\n")


def shortened(text):
    """Return a text, cut if it is so long that a page could not show it."""
    return text if len(text) <= LONGEST else f"{text[:LONGEST]}… {len(text) - LONGEST:,} more characters"


def as_text(content):
    """Return bytes in base64."""
    return base64.b64encode(content).decode()
