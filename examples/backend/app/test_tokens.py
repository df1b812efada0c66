from app.tokens import new_token, token_digest


def test_new_tokens_never_repeat_and_carry_256_bits() -> None:
    tokens = {new_token() for _ in range(100)}
    assert len(tokens) == 100
    assert {len(token) for token in tokens} == {43}  # 32 bytes in base64 without padding


def test_digest_is_sha256_so_that_stored_ones_stay_valid() -> None:
    assert token_digest("abc") == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
