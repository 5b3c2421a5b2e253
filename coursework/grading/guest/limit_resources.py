"""Start a program with limits and a clean environment: python limit_resources.py FOLDER MEGABYTES SECONDS PROGRAM ARGUMENT ...

Runs inside the sandbox, with nothing but Python's own library. If the system has no such limits (Windows), only the environment is set.
"""

import os
import subprocess
import sys

try:
    import resource
except ImportError:
    resource = None

FILES = 100_000_000  # bytes of the largest file that may be written


def limit(kind, amount):
    """Set a limit where the system knows it; never above the one that is already there."""
    _, most = resource.getrlimit(kind)
    amount = amount if most == resource.RLIM_INFINITY else min(amount, most)
    try:
        resource.setrlimit(kind, (amount, amount))
    except (ValueError, OSError):
        print(f"limit {kind} is not available on this system", file=sys.stderr)


def main(folder, megabytes, seconds, program, *arguments):
    os.chdir(folder)
    environment = {
        "HOME": folder,
        "LANG": "C.UTF-8",
        "PATH": os.environ.get("PATH", os.defpath),
        "MPLBACKEND": "agg",
        "MPLCONFIGDIR": os.path.join(folder, "matplotlib"),
        "OMP_NUM_THREADS": "1",
        "OPENBLAS_NUM_THREADS": "1",
        "MKL_NUM_THREADS": "1",
        "PYTHONUTF8": "1",
    }
    if resource is None:
        sys.exit(subprocess.call([program, *arguments], env=os.environ | environment))
    limit(resource.RLIMIT_AS, int(megabytes) * 1_000_000)
    limit(resource.RLIMIT_CPU, int(seconds))
    limit(resource.RLIMIT_FSIZE, FILES)
    limit(resource.RLIMIT_CORE, 0)
    os.execve(program, [program, *arguments], environment)


if __name__ == "__main__":
    main(*sys.argv[1:])
