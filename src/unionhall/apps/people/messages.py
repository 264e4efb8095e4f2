"""What a refusal says about persons and accounts: what happened and what to do."""

from __future__ import annotations

from django.utils.translation import gettext as _

from unionhall.kernel.refusals import Refusal


def of_refusal(refusal: Refusal) -> str:
    """Why a use case said no."""
    words = {
        "ACCOUNT_EXISTS": _("%(name)s has an account already. Change that one."),
        "IDENTITY_BIRTH_DATE": _(
            "No such day of birth: a digit of the identity number is mistyped. Nothing was changed."
        ),
        "IDENTITY_CHARACTERS": _(
            "Character %(position)s of the identity number is no digit (only the last may be X). Nothing was changed."
        ),
        "IDENTITY_CHECK_DIGIT": _(
            "The identity number's check digit does not fit: one digit is mistyped. Compare it with the document."
        ),
        "IDENTITY_HELD": _(
            "The person with register number %(person)s has this identity number. Search for that one; nothing was changed."
        ),
        "IDENTITY_LENGTH": _(
            "An identity number has 18 characters, this one %(length)s. Nothing was changed."
        ),
        "IDENTITY_OLD_NUMBER": _(
            "This is an old number of 15 digits. Type the 18 digits of the present card; nothing was changed."
        ),
        "IDENTITY_SHAPE": _("No document of that kind has such a number. Nothing was changed."),
        "NOT_ALLOWED": _("Your post does not reach that union. Nothing was changed."),
        "NO_PHONE": _(
            "No phone of yours is on record. An administrator or officer writes it into your particulars; then choose this again."
        ),
        "PASSWORD_WRONG": _("The present password is not right. Nothing was changed."),
        "PHONE_CHARACTERS": _("Character %(position)s of the phone is no digit. Nothing was changed."),
        "PHONE_LENGTH": _("A mobile number has 11 digits. Nothing was changed."),
        "PHONE_NOT_MOBILE": _("This is not a mobile number: those begin with 13 to 19. Nothing was changed."),
        "POST_ABOVE": _(
            "%(name)s holds a post in %(union)s, out of your reach; an administrator there opens the account."
        ),
        "POST_BEGINS_LATER": _("The post began on %(since)s. Choose a later day."),
        "POST_ENDED": _("The post ended on %(on)s already."),
        "POST_HELD": _("%(name)s holds this post already."),
        "REVEAL_ALTERED": _(
            "The stored value was altered, or moved here from another record, and does not open. Tell whoever runs the server."
        ),
        "REVEAL_KEY_MISSING": _(
            "The key of this value is not in the key ring, so it does not open. Tell whoever runs the server."
        ),
        "REVEAL_LIMIT": _(
            "You have opened %(most)s values within an hour, and that is all. Nothing was opened; go on later."
        ),
        "REVEAL_NOTHING": _("Nothing is kept there."),
        "REVEAL_WORDS_HOLD_NUMBER": _(
            "The reason holds a number. It stays readable for ever: leave numbers out. Nothing was opened."
        ),
        "REVEAL_WORDS_MISSING": _("Say in words what it is needed for. Nothing was opened."),
        "SIGN_IN_BLOCKED": _("Too many failed attempts. Wait %(minutes)s minutes, then try again."),
        "SIGN_IN_WRONG": _("User name and password do not belong together."),
        "USERNAME_TAKEN": _("The user name %(username)s is taken. Choose another."),
    }
    return words[refusal.code] % refusal.data
