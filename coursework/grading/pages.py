"""What all pages have in common: they are one file each, show what a student wrote as text, and load nothing from anywhere."""

import html
import re

from markdown_it import MarkdownIt

POLICY = "default-src 'none'; img-src data:; style-src 'unsafe-inline'"
STYLE = """
:root { color-scheme: light dark; --line: #8885; --soft: #8881; --bad: #c62828; --good: #2e7d32; }
@media (prefers-color-scheme: dark) { :root { --bad: #ef9a9a; --good: #a5d6a7; } }
body { font: 16px/1.5 system-ui, sans-serif; max-width: 60rem; margin: 0 auto; padding: 1rem; }
table { border-collapse: collapse; width: 100%; }
td, th { border-bottom: 1px solid var(--line); padding: .4rem .6rem; text-align: left; vertical-align: top; }
td.points { white-space: nowrap; } .bad { color: var(--bad); } .good { color: var(--good); }
pre { background: var(--soft); padding: .7rem; overflow-x: auto; white-space: pre-wrap; overflow-wrap: anywhere; }
img { max-width: 100%; background: white; } blockquote { border-left: 3px solid var(--line); margin-left: 0; padding-left: 1rem; }
"""
CODE_OR_FORMULA = re.compile(
    r"(?P<code>(?s:```.*?(?:```|\Z))|`[^`\n]+`)|(?s:\$\$(?P<block>.+?)\$\$)"
    r"|(?<![\\$`\w])(?P<line>\$(?=[^\s$])[^$`\n]*[^\s$`]\$)(?![\w$])"
)


def page(title, body, script=""):
    """Return a page."""
    policy = POLICY + ("; script-src 'unsafe-inline'" if script else "")
    return (
        f'<!doctype html>\n<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">'
        f'<meta http-equiv="Content-Security-Policy" content="{policy}"><title>{escape(title)}</title><style>{STYLE}</style></head>\n'
        f"<body>\n{body}\n{script}</body></html>\n"
    )


def escape(text):
    """Return a text as it appears in a page."""
    return html.escape(str(text))


def markdown(text, attachments=None):
    """Return a text in Markdown as HTML: tags become text, formulas stay as typed, and pictures are shown only if they were pasted in."""
    renderer = MarkdownIt("commonmark", {"html": False}).enable("table")

    def image(tokens, place, *_):
        name = re.sub("^attachment:", "", tokens[place].attrGet("src") or "")
        kind, data = (attachments or {}).get(name) or (attachments or {}).get(tokens[place].content) or (None, None)
        alt = escape(tokens[place].content or name)
        return f'<img alt="{alt}" src="data:{kind};base64,{data}">' if kind else f"[picture: {alt}]"

    renderer.add_render_rule("image", lambda self, tokens, place, options, env: image(tokens, place))
    rendered = renderer.render(as_typed(text))
    shown = [data for _, data in (attachments or {}).values() if data[:40] in rendered]
    rest = [
        f'<img alt="{escape(name)}" src="data:{kind};base64,{data}">'
        for name, (kind, data) in (attachments or {}).items()
        if data not in shown
    ]
    return rendered + "".join(rest)


def as_typed(text):
    """Return a text in Markdown with its formulas as code, in which backslashes and underscores mean nothing; code stays as it is.

    Examples
    --------
    >>> as_typed(r"so $w_1\\,w_2$ is small, and $5 is not a formula")
    'so `$w_1\\\\,w_2$` is small, and $5 is not a formula'
    """

    def as_code(found):
        if found["code"]:
            return found["code"]
        return f"\n```\n{found['block'].strip()}\n```\n" if found["block"] else f"`{found['line']}`"

    return CODE_OR_FORMULA.sub(as_code, text)


def outputs(cell):
    """Return the outputs of a cell as HTML."""
    return "".join(
        f"<pre>{escape(output['text'])}</pre>" if "text" in output else f'<img alt="figure" src="data:image/png;base64,{output["png"]}">'
        for output in cell.get("outputs", [])
    )
