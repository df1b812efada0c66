import pytest

from app.passwords import ScryptPasswords

CHEAP = ScryptPasswords(cost=2, block_size=1, parallelism=1)


@pytest.mark.parametrize(
    ("attempt", "expected"),
    [
        pytest.param("correct horse", True, id="same"),
        pytest.param("Correct horse", False, id="other-case"),
        pytest.param("correct horse ", False, id="trailing-space"),
        pytest.param("", False, id="empty"),
    ],
)
async def test_verify_accepts_the_hashed_password_only(attempt: str, expected: bool) -> None:
    stored = await CHEAP.hash("correct horse")
    assert await CHEAP.verify(attempt, stored) is expected


async def test_verify_accepts_the_same_letters_composed_differently() -> None:
    stored = await CHEAP.hash("caf\N{LATIN SMALL LETTER E WITH ACUTE}")
    assert await CHEAP.verify("cafe\N{COMBINING ACUTE ACCENT}", stored)


async def test_hash_of_the_same_password_differs_each_time() -> None:
    assert await CHEAP.hash("correct horse") != await CHEAP.hash("correct horse")


async def test_hash_names_its_parameters_and_not_the_password() -> None:
    stored = await ScryptPasswords(cost=4, block_size=2, parallelism=3).hash("correct horse")
    assert stored.split("$")[:4] == ["scrypt", "4", "2", "3"]
    assert "correct horse" not in stored


async def test_verify_uses_the_parameters_of_the_stored_hash() -> None:
    stored = await CHEAP.hash("correct horse")
    assert await ScryptPasswords(cost=4, block_size=2, parallelism=2).verify(
        "correct horse", stored
    )


@pytest.mark.parametrize(
    ("stored", "message"),
    [
        pytest.param("letmein", "this is not a stored password", id="plain-text"),
        pytest.param("md5$1$1$1$eA==$eA==", "unknown password scheme 'md5'", id="other-scheme"),
    ],
)
async def test_verify_refuses_what_is_no_stored_password(stored: str, message: str) -> None:
    with pytest.raises(ValueError, match=f"^{message}$"):
        await CHEAP.verify("letmein", stored)
