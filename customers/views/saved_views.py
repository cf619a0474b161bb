"""Saving and deleting a view of the customer list."""

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from customers.views.lists import PAGE, query_of
from firm import access
from firm.actions.saved_views import delete_view, save_view
from firm.models import SavedView
from firm.refusals import refusal_in


class SavedViewForm(forms.Form):
    name = forms.CharField(label=gettext_lazy("Name of the view"), max_length=60)
    query = forms.CharField(max_length=4000, required=False, widget=forms.HiddenInput)


@require_POST
def create(request: HttpRequest) -> HttpResponse:
    form = SavedViewForm(request.POST)
    if form.is_valid():
        query = query_of(QueryDict(form.cleaned_data["query"]))
        with refusal_in(form, "name"):
            view = save_view(
                user=access.reader(request), page=PAGE, name=form.cleaned_data["name"], query=query
            )
            messages.success(request, _("The view is saved."))
            return redirect(f"{reverse('customers:list')}?{view.query}")
    return render(request, "customers/save_view.html", {"form": form}, status=422)


@require_POST
def delete(request: HttpRequest, pk: int) -> HttpResponse:
    view = get_object_or_404(SavedView, pk=pk, user=request.user, page=PAGE)
    delete_view(view=view)
    messages.success(request, _("The view is deleted."))
    return redirect(f"{reverse('customers:list')}?{view.query}")
