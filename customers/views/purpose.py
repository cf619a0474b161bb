"""What the service log records, why, and who sees it."""

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_GET, require_POST

from customers.actions import read_purpose
from customers.models import PurposeReading
from customers.service_log.purpose import VERSION
from firm import access


@require_GET
def purpose(request: HttpRequest) -> HttpResponse:
    """The text, with the day on which the reader has read it; `?next=` is where they came from."""
    readings = PurposeReading.objects.filter(person=access.reader(request), version=VERSION)
    context = {
        "back": request.GET.get("next", ""),
        "reading": readings.first(),
        "version": VERSION,
    }
    return render(request, "customers/purpose.html", context)


@require_POST
def read(request: HttpRequest) -> HttpResponse:
    """Noted; on to where the reader wanted to go, as a page or inside the dialog."""
    read_purpose(version=VERSION, by=access.reader(request), now=timezone.now())
    back = request.POST.get("next", "")
    if not url_has_allowed_host_and_scheme(back, allowed_hosts=None):
        back = ""
    return HttpResponseRedirect(back or reverse("customers:log-new"))
