"""What may stand in a measure file: every section, its keys and their kinds."""

from __future__ import annotations

from analysis.measures.figures import SURE
from analysis.measures.kinds import OPERATORS, Kind

METHODS = (
    "sum",
    "sum_x2",
    "sum_x4",
    "mean",
    "mean_x10",
    "mean_unreversed",
    "item",
    "lookup",
    "sum_of_subscales",
    "mean_of_rated",
    "goal_attainment",
    "components",
    "profile",
    "value_set",
)
POLICIES = (
    "complete_only",
    "prorate",
    "fill_subscale_mean",
    "complete_subscales",
    "blank_as_zero",
    "rated_goals_only",
)
PURPOSES = ("outcome", "screen", "alliance", "goals", "profile", "check-in")

_FIGURE: dict[str, Kind] = {
    "verified?": tuple(SURE),
    "sources?": "texts",
    "population?": "text",
    "note?": "text",
}
_MISSING: dict[str, Kind] = {
    "policy": POLICIES,
    "max_missing?": "whole",
    "round_half_up?": "truth",
    "basis?": ("published", "memory", "registry-choice"),
    **_FIGURE,
}
_REPORTED: dict[str, Kind] = {
    "kind?": "text",
    "value?": "number",
    "low?": "number",
    "high?": "number",
    "text?": "text",
    "meaning?": "text",
    **_FIGURE,
}
_COMPONENT: dict[str, Kind] = {
    "id": "text",
    "given": "whole",
    "parts": [{"item?": "whole", "share?": "wholes", "points?": "limits"}],
    "points?": "limits",
}
_SCORE: dict[str, Kind] = {
    "id": "text",
    "label": "text",
    "low": "number",
    "high": "number",
    "higher_is": ("better", "worse", "neither"),
    "method?": METHODS,
    "items?": "wholes",
    "of?": "texts",
    "table?": "pairs",
    "standard_error?": "pairs",
    "components?": [_COMPONENT],
    "variants?": [
        {
            "when": "context",
            "items?": "wholes",
            "high?": "number",
            "components?": [_COMPONENT],
            "remark?": "text",
        }
    ],
    "headline?": "truth",
    "followed?": "truth",
    "caseness?": "text",
    "signs?": "texts",
    "missing?": _MISSING,
    "bands?": [
        {
            "list": "bands",
            "name?": "text",
            "also?": "texts",
            "when?": "context",
            **_FIGURE,
        }
    ],
    "cutoffs?": [
        {
            "id": "text",
            "op": OPERATORS,
            "value": "number",
            "meaning": "text",
            "when?": "context",
            **_FIGURE,
        }
    ],
    "reliable_change?": [{"value": "number", "basis": "text", **_FIGURE}],
    "important_change?": [_REPORTED],
    "reliability?": [_REPORTED],
    **_FIGURE,
}
_ITEMS: dict[str, Kind] = {
    "count?": "whole",
    "min?": "number",
    "max?": "number",
    "step?": "number",
    "open_ended?": "truth",
    "note?": "text",
    "special?": [
        {
            "numbers": "wholes",
            "ids?": "texts",
            "min?": "number",
            "max?": "number",
            "step?": "number",
            "allowed?": "numbers",
            "is_extra?": "truth",
            "text?": "text",
            "low_label?": "text",
            "high_label?": "text",
            "labels?": "texts",
            "not_applicable?": "text",
        }
    ],
}
FILE: dict[str, Kind] = {
    "id": "text",
    "name": "text",
    "scores": [_SCORE],
    "instrument?": "text",
    "purpose?": PURPOSES,
    "has_total?": "truth",
    "domain?": "text",
    "population?": "text",
    "recall?": "text",
    "intro?": "text",
    "signs?": "texts",
    "usual_interval_days?": "whole",
    "interval?": _REPORTED,
    "nhs_role?": "text",
    "context?": "context",
    "cautions?": "texts",
    "citations?": "texts",
    "licence?": {"class?": "text", "ship_item_text?": "text", **_FIGURE},
    "items?": _ITEMS,
    "reversed?": {"items": "wholes", "orders?": "orders", **_FIGURE},
    "exports?": [
        {
            "name": "text",
            "also?": "texts",
            "recode?": "wholes",
            "add?": "number",
            **_FIGURE,
        }
    ],
    "missing?": _MISSING,
    "algorithms?": [
        {
            "id": "text",
            "rule": "text",
            "conditions": [{"any": "pairs", "least": "whole", "most?": "whole"}],
            **_FIGURE,
        }
    ],
    "risk?": [
        {
            "items": "wholes",
            "at_least": "number",
            "meaning": "text",
            "about?": "text",
            **_FIGURE,
        }
    ],
    "texts?": [
        {
            "id": "text",
            "text": "text",
            "number?": "whole",
            "signs?": "texts",
            "show_if?": "text",
            **_FIGURE,
        }
    ],
    "codes?": {
        "list": [
            {
                "system": ("loinc", "snomed"),
                "kind": ("panel", "score", "item", "answer", "unclear"),
                "code": "text",
                "target?": "text",
                **_FIGURE,
            }
        ]
    },
    "sources?": "sources",
}
