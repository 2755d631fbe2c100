"""The page on which somebody unsubscribes: a heading, a sentence, and a button that works without JavaScript."""

from __future__ import annotations

_STYLE = (
    "body{margin:0;font:1.1875rem/1.4 Helvetica,Arial,sans-serif;color:#0b0c0c;background:#fff}"
    "main{max-width:38rem;margin:0 auto;padding:2rem 1rem}"
    "h1{font-size:2rem;line-height:1.1;margin:0 0 1.5rem}"
    "button{font:inherit;padding:.5rem .75rem;color:#fff;background:#00703c;border:2px solid #00703c;cursor:pointer}"
    "button:hover{background:#005a30}"
    "button:focus{outline:3px solid #fd0;color:#0b0c0c;background:#fd0;border-color:#0b0c0c}"
    "@media(prefers-color-scheme:dark){body{color:#f3f2f1;background:#0b0c0c}}"
)
_BUTTON = '<form method="post"><button type="submit">Unsubscribe</button></form>'


def page(title: str, text: str, *, asks: bool) -> str:
    """The page; `title` and `text` are HTML already. With `asks`, it has a button that posts to its own address."""
    return (
        '<!DOCTYPE html><html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">'
        f'<meta name="color-scheme" content="light dark"><title>{title}</title><style>{_STYLE}</style></head>'
        f"<body><main><h1>{title}</h1><p>{text}</p>{_BUTTON if asks else ''}</main></body></html>"
    )
