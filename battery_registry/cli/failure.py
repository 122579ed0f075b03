"""Why a command could not do what it was asked: one line, and an exit code."""

import click


class FailedError(click.ClickException):
    """It could not be done; the message is one line for the operator."""

    exit_code = 1


class WrongSettingsError(FailedError):
    """It was set up wrongly, and trying again will not help."""

    exit_code = 2
