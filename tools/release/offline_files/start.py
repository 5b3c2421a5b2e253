"""Open the course in the browser: a small web server that only this machine can reach. No network is needed."""

import functools
import sys
import threading
import webbrowser
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path


class Handler(SimpleHTTPRequestHandler):
    # A school's machine may call these anything in its registry; browsers run scripts of the right kind only.
    extensions_map = SimpleHTTPRequestHandler.extensions_map | {
        ".js": "text/javascript",
        ".mjs": "text/javascript",
        ".css": "text/css",
        ".svg": "image/svg+xml",
    }

    def log_message(self, format, *arguments):
        """Stay silent about every file that is read."""


PORT = 8417  # always the same one: the browser keeps the reader's work for this address


def serve(port=PORT):
    """Return a server for the folder `site`, on this port or, if it is taken, on a free one."""
    handler = functools.partial(Handler, directory=Path(__file__).resolve().parent / "site")
    try:
        return ThreadingHTTPServer(("127.0.0.1", port), handler)
    except OSError:
        return ThreadingHTTPServer(("127.0.0.1", 0), handler)


def main():
    server = serve()
    address = f"http://127.0.0.1:{server.server_port}/"
    if server.server_port != PORT:
        print(
            f"Port {PORT} is in use by another program. What you do in this session is kept for a different address,",
            "and will not be there next time.",
        )
    print(f"The course is at {address}", "Close this window, or press Ctrl-C, to stop it.", sep="\n", flush=True)
    if "--no-browser" not in sys.argv:
        threading.Thread(target=webbrowser.open, args=(address,), daemon=True).start()
    try:
        server.serve_forever()
    except KeyboardInterrupt:
        print()


if __name__ == "__main__":
    main()
