"""Template helpers of the manual: headed parts, commands to copy, links to the topic of a page."""

from django import template
from django.template import Context
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from inspector.presenters.manual_topics import help_address

register = template.Library()


@register.simple_tag(takes_context=True)
def part(context: Context, anchor: str, title: str) -> SafeString:
    """The heading of a part, with a link to itself; notes the part for "On this page"."""
    context["parts"].append((anchor, title))
    link = format_html('<a class="anchor" href="#{}" aria-label="Link to: {}">#</a>', anchor, title)
    return format_html('<h2 id="{}">{} {}</h2>', anchor, title, link)


@register.simple_block_tag(takes_context=True)
def console(context: Context, content: SafeString) -> SafeString:
    """A block of commands, one a line, with a button that copies it."""
    return _snippet(context, content, "console")


@register.simple_block_tag(takes_context=True)
def listing(context: Context, content: SafeString) -> SafeString:
    """Text to copy that is no command: code, a file, an answer."""
    return _snippet(context, content, "listing")


@register.filter
def code(text: str) -> SafeString:
    """Plain text whose `backticks` become code elements."""
    pieces = text.split("`")
    return format_html_join(
        "",
        "{}",
        ((format_html("<code>{}</code>", piece) if at % 2 else piece,) for at, piece in enumerate(pieces)),
    )


@register.filter
def thousands(number: int) -> str:
    """A number with a comma between thousands: 500,000."""
    return f"{number:,}"


register.filter(help_address)


def _snippet(context: Context, content: SafeString, kind: str) -> SafeString:
    number = int(context.render_context.get("snippets") or 0) + 1
    context.render_context["snippets"] = number
    name = f"{kind}-{number}"
    return format_html(
        '<div class="snippet wrap"><pre class="{}" id="{}" tabindex="0">{}</pre>'
        '<button type="button" data-copy="#{}" aria-label="Copy: {}">Copy</button></div>',
        kind,
        name,
        content,
        name,
        name.replace("-", " "),
    )
