"""A page with one form, which does one thing and leads back."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django import forms
from django.contrib import messages as toasts
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils.translation import gettext as _

from unionhall.kernel.refusals import Refusal


class DayInput(forms.DateInput):
    """A day, chosen from the browser's own calendar."""

    input_type = "date"

    def __init__(self) -> None:
        super().__init__(format="%Y-%m-%d")


def form_page(
    request: HttpRequest,
    form: forms.BaseForm,
    heading: str,
    work: Callable[[dict[str, Any]], object],
    back: str | Callable[[Any], str],
    *,
    in_words: Callable[[Refusal], str],
    explained: str = "",
    cancel: str = "",
    button: str = "",
) -> HttpResponse:
    """Show a form; when it is sent and sound, do ``work`` with its data and lead ``back``.

    A Refusal (told by ``in_words``) or a ValidationError from the work stands above the form, which keeps
    what was typed. ``back`` may be made from what the work returned; ``cancel`` is then the way out. The
    ``button`` says what is done where that is more than to save.
    """
    status = 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            try:
                made = work(form.cleaned_data)
            except Refusal as refusal:
                form.add_error(None, in_words(refusal))
            except forms.ValidationError as error:
                form.add_error(None, error)
            else:
                toasts.add_message(
                    request, toasts.INFO, _("Done.") if button else _("Saved."), extra_tags="good"
                )
                return HttpResponseRedirect(back(made) if callable(back) else back)
    context = {
        "form": form,
        "heading": heading,
        "explained": explained,
        "button": button,
        "back": back if isinstance(back, str) else cancel,
    }
    return render(request, "ui/form_page.html", context, status=status)
