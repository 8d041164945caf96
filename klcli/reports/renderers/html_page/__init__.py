"""One HTML page for any report: verdict, facts, pictures, notes, tables; no script, no request (extra `html`)."""

from collections.abc import Iterable

from klcli.reports.format import ANSWERS, registered
from klcli.reports.layout.collected import Collected
from klcli.reports.report import Ending
from klcli.support.optional_package import need

__all__ = ["HtmlPage"]


@registered
class HtmlPage(Collected):
    """A page."""

    name = "html"
    title = "HTML"
    summary = "one page with pictures, without script or request; needs klcli[html]"
    shows = ANSWERS | {"picture", "verdicts"}

    @classmethod
    def require(cls) -> None:
        need("jinja2", purpose="-f html", extra="html")

    def end(self, ending: Ending) -> Iterable[str]:
        from klcli.reports.renderers.html_page.page import page_of
        from klcli.reports.renderers.html_page.template import page_text

        head = self.head._replace(definition=self.definition)
        yield page_text(page_of(head, self.parts, self.views(ending), ending, self.style))
