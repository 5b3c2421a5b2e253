"""The front end's modules by themselves, on an empty page: for tests that call their functions."""

import shutil

from nnfromscratch.widgets.base import HERE


def write_modules(folder):
    """Copy the modules into a folder, with a page that can import them; return the folder."""
    for module in HERE.glob("*.js"):
        shutil.copy(module, folder)
    head = '<link rel="icon" href="data:,"><title>Modules</title>'
    (folder / "index.html").write_text(f'<!DOCTYPE html><html lang="en"><head>{head}</head></html>')
    return folder
