"""Chinese unless somebody chose otherwise; what the browser prefers does not count."""

from __future__ import annotations

from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.utils import translation


def chosen_language(
    get_response: Callable[[HttpRequest], HttpResponseBase],
) -> Callable[[HttpRequest], HttpResponseBase]:
    """Middleware that speaks the language of the cookie, or Chinese."""

    def speak(request: HttpRequest) -> HttpResponseBase:
        # The worker that keeps pages for phones asks without cookies, in the language of the page.
        spoken = request.headers.get("X-Language", "").lower()
        chosen = request.COOKIES.get(settings.LANGUAGE_COOKIE_NAME, spoken)
        language = chosen if chosen in dict(settings.LANGUAGES) else settings.LANGUAGE_CODE
        with translation.override(language):
            response = get_response(request)
        response.headers["Content-Language"] = language
        return response

    return speak
