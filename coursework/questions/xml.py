"""Write XML: nested calls in, text out."""

from xml.etree import ElementTree as ET


def element(tag, *content, **attributes):
    """Return an element; content is text or elements; None is left out."""
    made = ET.Element(tag, {name.rstrip("_"): str(value) for name, value in attributes.items()})
    for part in content:
        if part is None:
            continue
        if isinstance(part, ET.Element):
            made.append(part)
        elif len(made):
            made[-1].tail = (made[-1].tail or "") + str(part)
        else:
            made.text = (made.text or "") + str(part)
    return made


def document(root):
    """Return an element as a file: indented where that changes no text."""
    indent(root)
    return b'<?xml version="1.0" encoding="UTF-8"?>\n' + ET.tostring(root, encoding="unicode").encode() + b"\n"


def indent(node, depth=0):
    """Put each child on a line of its own, unless there is text between them."""
    children = list(node)
    if not children or (node.text or "").strip() or any((child.tail or "").strip() for child in children):
        return
    node.text = "\n" + "  " * (depth + 1)
    for child in children:
        indent(child, depth + 1)
        child.tail = "\n" + "  " * (depth + 1)
    children[-1].tail = "\n" + "  " * depth


def xhtml(text, tag="div"):
    """Return simple HTML as an element."""
    return ET.fromstring(f"<{tag}>{text}</{tag}>")
