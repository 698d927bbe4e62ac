"""What is handed out: encrypted copies and one file per clinician."""

from __future__ import annotations

from pathlib import Path

import pikepdf
import pytest

from analysis.__main__ import main
from analysis.pipeline import PASSWORD_VARIABLE
from analysis.pipeline.paths import Paths

PASSWORD = "correct horse battery"


@pytest.fixture
def delivered(practice: Paths, tmp_path: Path) -> list[str]:
    """A month of reports (empty pages stand in for them) beside the demo's tables."""
    for client in ("A-1042", "A-1001", "A-1002"):
        folder = tmp_path / "2026-10" / "clients" / client
        folder.mkdir(parents=True)
        for name in ("progress", "handout"):
            with pikepdf.new() as pdf:
                pdf.add_blank_page()
                pdf.save(folder / f"{name}.pdf")
    return [
        *("--processed", str(practice.processed)),
        *("--reports", str(tmp_path)),
        *("--settings", str(practice.settings)),
    ]


def test_an_encrypted_copy_opens_with_its_password_only(
    delivered: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(PASSWORD_VARIABLE, PASSWORD)
    assert main(["deliver", "--encrypt", *delivered]) == 0
    copy = Path(delivered[3]) / "2026-10" / "delivery" / "A-1042-handout.pdf"
    with pytest.raises(pikepdf.PasswordError):
        pikepdf.open(copy)
    with pikepdf.open(copy, password=PASSWORD) as pdf:
        assert pdf.encryption.R == 6  # AES-256


def test_the_password_is_in_no_message(
    delivered: list[str],
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setenv(PASSWORD_VARIABLE, "short77")
    assert main(["deliver", "--encrypt", *delivered]) == 2
    captured = capsys.readouterr()
    assert "fewer than 8" in captured.err
    assert "short77" not in captured.out + captured.err


def test_one_file_per_clinician_has_a_bookmark_for_each_client(
    delivered: list[str],
) -> None:
    assert main(["deliver", "--merge", *delivered]) == 0
    folder = Path(delivered[3]) / "2026-10" / "delivery"
    titles = []
    for path in sorted(folder.glob("clinician-*.pdf")):
        with pikepdf.open(path) as pdf, pdf.open_outline() as outline:
            titles += [item.title for item in outline.root]
            assert len(pdf.pages) == len(outline.root)  # no handouts among them
    assert sorted(titles) == ["A-1001", "A-1002", "A-1042"]


def test_without_reports_there_is_nothing_to_hand_out(
    practice: Paths, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    arguments = ["--processed", str(practice.processed), "--reports", str(tmp_path)]
    assert main(["deliver", *arguments]) == 2
    assert "no reports yet" in capsys.readouterr().err
