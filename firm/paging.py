"""The links below a list that goes on: to its next page, and back to its top."""

from django.http import HttpRequest


def pager_links(request: HttpRequest, after: str) -> dict[str, str]:
    """For components/pager.html. `after` is the cursor of the next page, empty on the last."""
    query = request.GET.copy()
    was_paged = bool(query.pop("after", None))
    top = f"?{query.urlencode()}" if query else request.path
    query["after"] = after
    return {
        "next_url": f"?{query.urlencode()}" if after else "",
        "previous_url": top if was_paged else "",
    }
