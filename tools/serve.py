"""Show the built site in the browser: a small web server that only this machine can reach."""

import functools
import os
import sys
import threading
import webbrowser
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer

from tools import ROOT

SITE = ROOT / "_build" / "html"


class Handler(SimpleHTTPRequestHandler):
    def log_message(self, format, *arguments):
        """Stay silent about every file that is read."""


def start(port):
    """Return a server for the site, on this port or, if it is taken, on a free one."""
    handler = functools.partial(Handler, directory=SITE)
    try:
        return ThreadingHTTPServer(("127.0.0.1", port), handler)
    except OSError:
        return ThreadingHTTPServer(("127.0.0.1", 0), handler)


def main():
    server = start(8000)
    address = f"http://127.0.0.1:{server.server_port}/"
    print(f"The book is at {address}  (Ctrl-C stops it)", flush=True)
    if sys.platform in ("darwin", "win32") or os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"):
        threading.Thread(target=webbrowser.open, args=(address,), daemon=True).start()
    try:
        server.serve_forever()
    except KeyboardInterrupt:
        print()


if __name__ == "__main__":
    main()
