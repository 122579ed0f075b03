"""The start page: what this is, a code to check, the way in for staff."""

from flask import Blueprint, redirect, request, url_for
from werkzeug import Response

from battery_registry import context
from battery_registry.domain.caller import PUBLIC
from battery_registry.scoring.evaluation import Code
from battery_registry.web import language
from battery_registry.web.showing import render

_COLOURS = (Code.GREEN, Code.YELLOW, Code.RED)
_LONGEST_CODE = 200

blueprint = Blueprint("home", __name__)


@blueprint.get("/")
@context.requires(PUBLIC)
def start() -> str | Response:
    """Show the start page, or go on to the battery whose code was typed."""
    typed = request.args.get("code", "").strip()
    if typed:
        told = typed[:_LONGEST_CODE].rpartition("/b/")[2].partition("?")[0]
        plain = "".join(sign for sign in told if sign.isalnum()) or "-"
        return redirect(
            url_for("residents.battery", code=plain, lang=language.asked()), 303
        )
    return render("home.html", colours=_COLOURS)
