"""The method notebook: R's figures, every rule on known truth, pictures; no clients."""

from __future__ import annotations

from pathlib import Path

import nbformat
import pytest

from analysis import validation
from analysis.errors import AnalysisError

NOTEBOOK = Path(__file__).parents[1] / "notebooks" / "method_validation.ipynb"


def test_every_golden_figure_is_reproduced() -> None:
    table = validation.golden_comparisons()
    assert (table["worst difference"] < 1e-5).all()
    both = validation.compared()
    assert both["ours"].notna().all()
    assert len(both) > 450


def test_the_toolkit_beats_every_rival_on_both_simulators() -> None:
    for simulator in ("first", "second"):
        judged = validation.judge_practice(1500, 5, simulator)
        table = validation.rules_compared(judged)
        own = table.loc["this toolkit"]
        rivals = table.drop(index="this toolkit")
        assert (own["auc"] > rivals["auc"]).all()
        assert own["as_used_improving_flagged"] < 0.07


def test_an_unknown_simulator_is_refused() -> None:
    with pytest.raises(AnalysisError, match="first, second"):
        validation.judge_practice(10, 1, "third")


def test_the_notebook_runs_in_an_empty_folder(tmp_path, monkeypatch) -> None:
    monkeypatch.chdir(tmp_path)
    known: dict[str, object] = {}
    notebook = nbformat.read(NOTEBOOK, as_version=4)
    for cell in notebook.cells:
        if cell.cell_type != "code":
            continue
        exec(cell.source, known)
        if "parameters" in cell.metadata.get("tags", []):
            known["clients"] = 300
    assert set(known["found"].index) >= {8, 24}
    assert not list(tmp_path.iterdir())


def test_the_pictures_show_every_rule_and_every_number(tmp_path) -> None:
    judged = validation.judge_practice(300, 5)
    table = validation.rules_compared(judged)
    figure = validation.draw_rules(table)
    names = [label.get_text() for label in figure.axes[0].get_yticklabels()]
    assert names == list(table.index)
    figure = validation.draw_agreement()
    assert len(figure.axes) == 2
    figure.savefig(tmp_path / "agreement.png")
    assert len(validation.draw_calibration(judged).axes[0].lines) == 4
