"""What the rows of declared replacements share: code in which one test alone covers some lines, and stand-ins."""

from __future__ import annotations

from integration.conservation.edits import Edit, replace, write

TAX, NEW = "tests/unit/test_tax.py", "tests/unit/test_refunds.py"
LOST, POSITIVE, REDUCED = f"{TAX}::test_refund", f"{TAX}::test_tax", f"{TAX}::test_reduced"
STAND_IN = f"{NEW}::test_stand_in"
TAXES = (
    write("app/tax.py", """\
        def tax(net, rate):
            if net < 0:
                return refund(net, rate)
            return round(net * rate / 100, 2)


        def refund(net, rate):
            amount = -net * rate / 100
            return -round(amount, 2)
        """),
    write(TAX, """\
        import pytest

        from app.tax import tax


        def test_tax():
            assert tax(100, 7) == 7


        def test_reduced():
            assert tax(200, 5) == 10


        def test_refund():
            result = tax(-100, 7)
            assert result == -7
        """),
)  # fmt: skip
REFUND_SOURCE = "\n\ndef test_refund():\n    result = tax(-100, 7)\n    assert result == -7\n"
GONE = replace(TAX, REFUND_SOURCE, "")
MARK = f'@pytest.mark.replaces("{LOST}", reason="all refunds at once")'
GOOD_BODY = "    amounts = [tax(net, 19) for net in (-10, -200)]\n    assert amounts == [-1.9, -38.0]\n"


def stand_in(body: str, mark: str = MARK, name: str = "test_stand_in") -> Edit:
    """Write the file with the replacement."""
    return write(NEW, f"import pytest\n\nfrom app.tax import refund, tax\n\n\n{mark}\ndef {name}():\n{body}")
