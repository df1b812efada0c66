"""What can go wrong in a way that the caller of the service should hear about."""

from typing import ClassVar


class ApplicationError(Exception):
    """The root: a status code and a sentence that is safe to show."""

    status_code: ClassVar[int]
    detail: ClassVar[str]

    def __init__(self) -> None:
        super().__init__(self.detail)


class NotAuthenticatedError(ApplicationError):
    status_code = 401
    detail = "Not authenticated."


class InvalidCredentialsError(ApplicationError):
    status_code = 401
    detail = "The email address or the password is wrong."


class UserNotFoundError(ApplicationError):
    status_code = 404
    detail = "There is no such user."


class ApiKeyNotFoundError(ApplicationError):
    status_code = 404
    detail = "There is no such API key."


class EmailTakenError(ApplicationError):
    status_code = 409
    detail = "This email address is taken."


class ApiKeyNameTakenError(ApplicationError):
    status_code = 409
    detail = "You have an API key of this name already."
