import pytest
from pydantic import ValidationError

from app.users.schemas import UserCreate, normalise_email

VALID = {"email": "ada@example.com", "name": "Ada", "password": "correct horse battery"}


def test_user_create_strips_the_spaces_around_email_and_name() -> None:
    new = UserCreate.model_validate(VALID | {"email": " Ada@Example.com ", "name": "\tAda  L. "})
    assert (new.email, new.name) == ("Ada@Example.com", "Ada  L.")


@pytest.mark.parametrize(
    ("field", "value"),
    [
        pytest.param("email", "ada.example.com", id="email-without-at"),
        pytest.param("email", "ada@example", id="email-without-top-level"),
        pytest.param("email", "ada@.com", id="email-with-empty-label"),
        pytest.param("email", "ada lovelace@example.com", id="email-with-space"),
        pytest.param("email", "a" * 309 + "@example.com", id="email-of-321-letters"),
        pytest.param("name", "   ", id="name-of-spaces"),
        pytest.param("name", "a" * 101, id="name-of-101-letters"),
        pytest.param("password", "a" * 11, id="password-of-11-letters"),
        pytest.param("password", "a" * 129, id="password-of-129-letters"),
        pytest.param("is_admin", True, id="unknown-field"),
    ],
)
def test_user_create_refuses_the_value_and_names_its_field(field: str, value: object) -> None:
    with pytest.raises(ValidationError) as caught:
        UserCreate.model_validate(VALID | {field: value})
    assert [error["loc"] for error in caught.value.errors()] == [(field,)]


def test_user_create_does_not_show_the_password() -> None:
    assert "correct horse" not in repr(UserCreate.model_validate(VALID))


def test_normalise_email_lowers_letters_beyond_ascii() -> None:
    assert normalise_email(" \N{LATIN CAPITAL LETTER A WITH DIAERESIS}DA@Example.COM") == (
        "\N{LATIN SMALL LETTER A WITH DIAERESIS}da@example.com"
    )
