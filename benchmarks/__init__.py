"""How fast is it? Programs that measure the package against what a reader would use instead.

Run them with `make bench`; the page "How fast is it?" shows what they saved.

    peers       the same network, trained by each library for one epoch
    epochs      CPU seconds of an epoch, all peers in turn
    cold        import, load, three epochs: each peer in a process of its own
    scaling     cost against width, depth, batch and number of samples
    loops       each fast loop of the package beside its plain version
    loading     time and memory of the data loaders, time of the import
    quality     recipes: how good in how many CPU seconds
    measure     clocks, the machine, and who else is using it
"""
