"""What enters the sandbox: the worker, plain data, and limits. The host uses `plain`, too."""
