"""Run a program, and write a line to standard output when it has ended: python announce_end.py PROGRAM ARGUMENT ...

A container engine may take several seconds to notice that.
"""

import subprocess
import sys

if __name__ == "__main__":
    code = subprocess.call(sys.argv[1:])
    print('{"ended": true}', flush=True)
    sys.exit(code)
