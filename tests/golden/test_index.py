"""The index of the shipped specs holds what they cost; ``pytest --update-golden tests/golden/test_index.py`` writes it anew."""

from convcost import shipped
from convcost.studies.inventory import fresh_index


def test_the_index_is_what_the_specs_cost(request):
    text = fresh_index().text()
    if request.config.getoption("--update-golden"):
        shipped.index_file().write_text(text, encoding="utf-8", newline="\n")
    assert shipped.index_file().is_file(), "pytest --update-golden tests/golden/test_index.py writes it"
    assert shipped.index_file().read_text(encoding="utf-8") == text, (
        "a spec or what it costs has changed; pytest --update-golden tests/golden/test_index.py writes the index anew"
    )
