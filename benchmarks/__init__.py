"""Programs that measure the package against what a reader could use instead.

Run them with `make bench`; the page "How fast is it?" shows what they saved.

    peers       the same network, trained by each library for one epoch
    epochs      CPU seconds per epoch, all peers in turn
    measure     clocks, the machine, and what else is using it
"""
