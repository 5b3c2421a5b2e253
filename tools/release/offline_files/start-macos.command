#!/bin/sh
# Double-click, or type the name of this file into a terminal: opens the course in the browser. Needs Python 3, and no network.
cd -- "$(dirname -- "$0")" || exit 1
python3 -c "import http.server" 2> /dev/null && exec python3 start.py "$@"
echo "Python 3 was not found on this machine. Open site/index.html instead: all pages can be read, and figures show their initial state."
