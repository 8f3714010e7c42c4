"""Pictures of fitted segments: what marks them, where they lie, whether they come back."""

from __future__ import annotations

from functools import partial
from typing import Any

import numpy as np
import pandas as pd

from segkit.answers.wording import share
from segkit.charts import (
    Picture,
    gorge_plot,
    intervals,
    lines,
    segment_map,
    segment_profile,
    stability_by_k,
)
from segkit.segments import Segmenter, slsa

__all__ = [
    "evidence_by_k",
    "gorges",
    "map_of",
    "profile_of",
    "stability_across_k",
    "stability_of",
    "suggest_names",
]

_SHOWN = 9
_POINTS = 300
_CLASSES = 10
_NOTICED = 0.25  # standard deviations below which a difference is no name
_STABLE = 0.75
_WHOLE = 0.9


def suggest_names(model: Segmenter, *, needs: bool = False) -> list[str]:
    """Suggest a short name for each segment from the two columns it is farthest out in.

    Parameters
    ----------
    model : Segmenter
        Fitted.
    needs : bool
        The columns are needs: a segment is named by what it has most of.
    """
    names: list[str] = []
    for _, rows in model.profile().groupby("segment"):
        effects = rows.assign(size=rows["effect"].abs().round(6))
        if needs:
            effects = effects[effects["effect"] > 0]
        far = effects[effects["size"] >= _NOTICED].sort_values("size", ascending=False)
        words = [
            _word(row, needs=needs)
            for row in far.drop_duplicates("column").head(2).to_dict("records")
        ]
        name = ", ".join(words) or "like all others"
        names.append(f"{name} ({len(names) + 1})" if name in names else name)
    return names


def _word(row: dict[Any, Any], *, needs: bool) -> str:
    if needs:
        return str(row["column"])
    many = "high" if row["effect"] > 0 else "low"
    if row["level"] == "":
        return f"{many} {row['column']}"
    if str(row["level"]) in {"True", "False"}:
        held = (row["effect"] > 0) == (str(row["level"]) == "True")
        return f"{'' if held else 'no '}{row['column']}"
    return f"{many} share of {row['level']}"


def profile_of(model: Segmenter, names: list[str]) -> Picture:
    """Draw the columns that tell the segments apart, against the average customer."""
    profile = model.profile().assign(what=_label)
    # One level says what the other of two says.
    profile = profile.drop_duplicates(["segment", "column", "difference"])
    strongest = profile["effect"].abs().groupby(profile["what"]).max().nlargest(_SHOWN).index
    rows = profile[profile["what"].isin(strongest)]
    rows = rows.sort_values(["segment", "what"], key=lambda by: _order(by, strongest))
    spread = (rows["difference"] / rows["effect"]).where(rows["effect"] != 0)
    table = pd.DataFrame(
        {
            "column": rows["what"],
            "segment": [names[number] for number in rows["segment"]],
            "difference": rows["effect"],
            "low": ((rows["low"] - rows["overall"]) / spread).fillna(rows["effect"]),
            "high": ((rows["high"] - rows["overall"]) / spread).fillna(rows["effect"]),
            "marker": rows["marker"],
        }
    ).round(3)
    top = table.iloc[int(table["difference"].abs().to_numpy().argmax())]
    way = "above" if top["difference"] > 0 else "below"
    return Picture(
        title="What marks each segment",
        finding=(
            f"“{top['segment']}” stands out most: {top['column']} lies "
            f"{abs(top['difference']):.1f} standard deviations {way} the average customer."
        ),
        table=table.reset_index(drop=True),
        draw=partial(
            segment_profile,
            name="column",
            segment="segment",
            value="difference",
            low="low",
            high="high",
            marker="marker",
        ),
    )


def _label(profile: pd.DataFrame) -> list[str]:
    pairs = zip(profile["column"], profile["level"], strict=True)
    return [column if level == "" else f"{column}: {level}" for column, level in pairs]


def _order(by: pd.Series[Any], strongest: pd.Index[Any]) -> pd.Series[Any]:
    return (
        by.map({what: place for place, what in enumerate(strongest)}) if by.name == "what" else by
    )


def map_of(model: Segmenter, frame: pd.DataFrame, names: list[str]) -> Picture:
    """Draw customers in the plane in which they differ most (principal components)."""
    prepared, usable = model.preparation_.transform(frame)
    rows, labels = prepared[usable], model.labels_[usable]
    turned, axes, held = _components(rows)
    chosen = np.random.default_rng(0).permutation(len(rows))[:_POINTS]
    chosen = chosen[np.argsort(labels[chosen], kind="stable")]
    table = pd.DataFrame(
        {
            "segment": [names[number] for number in labels[chosen]],
            "x": turned[chosen, 0].round(2),
            "y": turned[chosen, 1].round(2),
        }
    )
    features = model.preparation_.features
    words = [
        f"{features[int(np.abs(axis).argmax())]} ({share(part)} of all differences)"
        for axis, part in zip(axes, held, strict=True)
    ]
    return Picture(
        title="The segments on a map",
        finding=(
            f"The map keeps {share(float(held.sum()))} of the differences between customers; "
            "segments that overlap here may still part in the rest."
        ),
        table=table,
        draw=partial(
            segment_map,
            x="x",
            y="y",
            segment="segment",
            x_axis=f"most of all {words[0]}",
            y_axis=f"most of all {words[1]}",
        ),
    )


def _components(rows: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Give the first two principal components of the rows, their axes and shares of variance."""
    moved = rows - rows.mean(axis=0)
    if moved.shape[1] == 1:
        moved = np.column_stack([moved, np.zeros(len(moved))])
        axes, sizes = np.array([[1.0], [1.0]]), np.array([1.0, 0.0])
        return moved, axes, sizes
    _, lengths, axes = np.linalg.svd(moved, full_matrices=False)
    # The sign of an axis is free: the largest weight points upwards on every machine.
    signs = np.sign(axes[np.arange(2), np.abs(axes[:2]).argmax(axis=1)])
    axes = axes[:2] * signs[:, None]
    return moved @ axes.T, axes, lengths[:2] ** 2 / (lengths**2).sum()


def gorges(model: Segmenter, frame: pd.DataFrame, names: list[str]) -> Picture:
    """Draw how similar customers are to each segment (Dolnicar, Gruen & Leisch 2018).

    Similarity of customer i to segment j is ``exp(-d_ij) / sum over l of exp(-d_il)``, d the
    distance to the centre.
    """
    prepared, usable = model.preparation_.transform(frame)
    distance = np.linalg.norm(prepared[usable][:, None] - model.centroids_[None], axis=2)
    near = np.exp(distance.min(axis=1, keepdims=True) - distance)
    similarity = near / near.sum(axis=1, keepdims=True)
    edges = np.linspace(0, 1, _CLASSES + 1)
    counts = np.stack([np.histogram(column, edges)[0] for column in similarity.T])
    table = pd.DataFrame(
        {
            "segment": np.repeat(names, _CLASSES),
            "similarity": np.tile((edges[:-1] + edges[1:]) / 2, len(names)).round(3),
            "share of customers": (counts / len(similarity)).round(4).ravel(),
        }
    )
    middle = float(((similarity > 0.3) & (similarity < 0.7)).any(axis=1).mean())
    return Picture(
        title="Hills and gorges: is there empty ground between the segments?",
        finding=(
            f"{share(middle)} of the customers stand between two segments, about as near to one as "
            "to the other."
        ),
        table=table,
        draw=partial(
            gorge_plot, segment="segment", similarity="similarity", share="share of customers"
        ),
    )


def stability_of(model: Segmenter, names: list[str]) -> Picture:
    """Draw how well each segment comes back in other samples of the same customers (SLSW)."""
    found = model.stability_
    table = pd.DataFrame(
        {
            "segment": names,
            "stability": found["slsw"].round(3),
            "low": found["low"].round(3),
            "high": found["high"].round(3),
            "judgement": found["judgement"],
        }
    )
    weak = table.loc[found["slsw"] < _STABLE, "segment"].tolist()
    finding = "Every segment comes back in other samples of the same customers."
    if weak:
        finding = (
            f"{len(weak)} of {len(table)} segments do not come back reliably: {'; '.join(weak)}."
        )
    return Picture(
        title="Does each segment come back?",
        finding=finding,
        table=table,
        draw=partial(
            intervals,
            name="segment",
            estimate="stability",
            low="low",
            high="high",
            axis="overlap with the same segment in resamples (line: 90 % of them)",
            level=(_STABLE, "stable"),
        ),
    )


def evidence_by_k(model: Segmenter) -> Picture:
    """Draw how well each number of segments is confirmed by other samples."""
    table = model.selection_[["k", "prediction_strength", "bootstrap_ari"]].rename(
        columns={
            "prediction_strength": "prediction strength",
            "bootstrap_ari": "agreement of refits",
        }
    )
    return Picture(
        title="How sure the number of segments is",
        finding=model.explanation_[0].upper() + model.explanation_[1:],
        table=table.round(3),
        draw=partial(
            lines,
            x="k",
            y=["prediction strength", "agreement of refits"],
            x_axis="number of segments",
            y_axis="1: the same segments again",
            level=(0.8, "strong"),
        ),
    )


def stability_across_k(model: Segmenter, frame: pd.DataFrame) -> Picture:
    """Draw which segments stay whole when one more is allowed (SLSA)."""
    partitions = model.partitions(frame, model.selection_["k"])
    table = slsa([labels[labels >= 0] for labels in partitions])[["k", "segment", "slsa"]]
    whole = (table["slsa"] >= _WHOLE).groupby(table["k"]).sum()
    best = int(whole.index[int(whole.to_numpy().argmax())])
    return Picture(
        title="Which segments stay whole when one more is allowed?",
        finding=(
            f"With {best} segments, {int(whole[best])} come whole from one segment of the step "
            "before; a dot far down was put together from several."
        ),
        table=table.round(3),
        draw=partial(stability_by_k, k="k", segment="segment", value="slsa"),
    )
