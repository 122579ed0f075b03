"""Sessions belong to pages: on the machine addresses no cookie is even read."""

from flask import Flask
from flask.sessions import SecureCookieSession, SecureCookieSessionInterface
from flask.wrappers import Request

MACHINES = "/api/"


class PageSessions(SecureCookieSessionInterface):
    """Flask's signed cookies, for pages only."""

    def open_session(self, app: Flask, request: Request) -> SecureCookieSession | None:
        """Open the session of a page; a machine's request has one that stays empty."""
        if request.path.startswith(MACHINES):
            return self.make_null_session(app)
        return super().open_session(app, request)
