"""A panel to try other values of a territory: the code of its answer, no formula of its own."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Mapping, Sequence
from typing import Any, Final

from markupsafe import Markup

from cpts_geo.api.capacity import scenario as scenario_of
from cpts_geo.atlas.look.templating import rendered
from cpts_geo.atlas.sections.capacity import trial_section
from cpts_geo.atlas.views.capacity import capacity_view
from cpts_geo.atlas.views.tried import refused_view, tried_view
from cpts_geo.atlas.views.view import View
from cpts_geo.errors import CptsGeoError
from cpts_geo.french import NNBSP, number, typeset
from cpts_geo.study._trial import known_share
from cpts_geo.study.study import Study

#: Where an input stands as long as it is not tried.
_OWN: Final = "départ"
_NOTHING: Final = (
    "Rien à essayer ici : la réponse est inconnue, nulle, ou trop grande pour un panneau. "
    "t.capacity(slots_today=…, minutes=…) essaie d’autres valeurs."
)
_GRID: Final = {
    "display": "grid",
    "grid_template_columns": "repeat(auto-fit, minmax(min(100%, 300px), 1fr))",
}


def _share_input(public: int) -> str:
    """Name of the input of the share of a public, by its rank."""
    return "_".join(["share", str(public)])


class Panel:
    """
    Inputs of an answer, and the answer they make.

    Made by :meth:`cpts_geo.api.territory.Territory.panel`, not by hand.

    Parameters
    ----------
    study : Study
        Everything known of a territory, whose :attr:`cpts_geo.study.study.Study.trial` is known.
    asked : mapping
        Its inputs (:func:`cpts_geo.atlas.sections.capacity.trial_section`).

    Attributes
    ----------
    inputs : dict of str to ipywidgets.Widget
        public (where there are two), slots, share_0 (of each public), minutes, deadline.
    view : View
        The answer shown now.
    widget : ipywidgets.VBox
        All of it.

    Examples
    --------
    >>> import cpts_geo as cg
    >>> panel = cg.territory("beauce_gatinais", draws=1000).panel()
    >>> panel.inputs["slots"].value = 16
    >>> panel.view.value.today.slots
    16.0
    """

    def __init__(self, study: Study, asked: Mapping[str, Any]) -> None:
        import ipywidgets  # noqa: PLC0415 - only a notebook has it

        assert study.trial is not None
        self._study, self._asked, self._tried = study, asked, study.trial.publics
        self._silent = False
        self.inputs: dict[str, Any] = {}
        self._boxes: dict[str, Any] = {}
        self._links: list[Any] = []
        self._make(ipywidgets)
        self._answer = ipywidgets.HTML()
        self._reset = ipywidgets.Button(
            description="Revenir à la réponse",
            tooltip="Remettre toutes les valeurs du territoire",
            icon="undo",
        )
        self._reset.on_click(lambda _: self.reset())
        for each in self.inputs.values():
            each.observe(self._on_change, names="value")
        asks = ipywidgets.Box([*self._boxes.values(), self._reset], layout=_GRID)
        asks.add_class("cpts-asks")
        head = rendered("views/panel.html.j2", territory=study.name, asked=asked)
        self.widget = ipywidgets.VBox([ipywidgets.HTML(head), asks, self._answer])
        self.widget.add_class("cpts-panel")
        self.view = tried_view(study)
        self._show()

    def reset(self) -> None:
        """Come back to the answer of the territory."""
        self._silent = True
        for name, each in self.inputs.items():
            each.value = self._start[name]
        self._silent = False
        self._show()

    def _make(self, widgets: Any) -> None:
        """Make the inputs, each with what it rests on."""
        asked, minutes, slots = self._asked, self._asked["minutes"], self._asked["slots"]
        if len(asked["publics"]) > 1:
            self._add(widgets, "public", "Public reçu", _words(asked["publics"]), at=0)
        known = self._study.scenario.slots_by_weekday is not None
        start = f"{slots['at']}, aujourd’hui" if known else "non publiés"
        self._add(
            widgets,
            "slots",
            "Créneaux offerts par jour",
            _steps(1, slots["most"], slots["at"], own=start, kept=not known),
            said=slots["said"] if known else "",
        )
        for share in asked["shares"]:
            ends = (share["least"], share["most"], share["at"])
            steps = _steps(*ends, own=share["law"], step=share["step"], unit="%")
            name = _share_input(share["public"])
            self._add(widgets, name, share["label"], steps, said=_origin(share["origin"]))
        ends = (minutes["least"], minutes["most"], minutes["at"])
        steps = _steps(*ends, own=minutes["law"], unit="min")
        said = _origin(minutes["origin"])
        self._add(widgets, "minutes", "Durée d’une consultation", steps, said=said)
        words, said = _words(asked["deadlines"]), _origin(asked["promise"])
        self._add(widgets, "deadline", "Délai promis", words, at=asked["deadline"], said=said)
        self._start = {name: each.value for name, each in self.inputs.items()}

    def _add(
        self, widgets: Any, name: str, label: str, options: Any, *, at: Any = _OWN, said: str = ""
    ) -> None:
        """
        Place an input over what it rests on.

        A list is a labelled element of the browser, for keyboards and screen readers; the slider
        under it, which ipywidgets leaves without a name, is for who points.
        """
        shown = {"options": options, "value": at}
        chosen = widgets.Dropdown(**shown, description=label, tooltip=label)
        chosen.style.description_width = "auto"
        inside = [chosen]
        if at == _OWN:
            slider = widgets.SelectionSlider(**shown, readout=False, tooltip=label)
            # In the browser: the list follows the finger, however long an answer takes.
            self._links.append(widgets.jslink((slider, "index"), (chosen, "index")))
            inside.append(slider)
        if said:
            inside.append(widgets.HTML(Markup('<p class="small" lang="fr">{}</p>').format(said)))
        box = widgets.VBox(inside)
        box.add_class("cpts-ask")
        self.inputs[name], self._boxes[name] = chosen, box

    def _value(self, name: str) -> Any:
        """Value that is tried; None where the input is as at the start."""
        control = self.inputs.get(name)
        return None if control is None or control.value == self._start[name] else control.value

    def _changed(self) -> Study:
        """The study resting on what is tried; itself where nothing is."""
        place = self._value("public") or 0
        tried, study = self._tried[place], self._study
        scenario, share = tried.result.scenario, self._value(_share_input(place))
        changes: dict[str, Any] = {}
        if (slots := self._value("slots")) is not None:
            changes["slots_today"] = slots
        if (minutes := self._value("minutes")) is not None:
            changes["minutes"] = minutes
        if (deadline := self._value("deadline")) is not None:
            assert study.trial is not None
            changes["deadline_days"] = study.trial.deadlines[deadline]
        if share is not None and tried.factor == "found":
            changes["found_share"] = (share / 100,) * 2
        elif share is not None and tried.factor == "need":
            changes |= known_share(scenario, share / 100)
        gap = share / 100 if share is not None and tried.factor == "gap" else None
        if not (changes or place or gap):
            return study
        return study.resting_on(scenario_of(scenario, **changes), gap_share=gap)

    def _on_change(self, _: Any) -> None:
        """Follow an input, unless all come back at once."""
        if not self._silent:
            self._show()

    def _show(self) -> None:
        """Compute the answer again, or say why there is none."""
        place = self._value("public") or 0
        for each in self._asked["shares"]:
            hidden = each["public"] != place
            self._boxes[_share_input(each["public"])].layout.display = "none" if hidden else ""
        try:
            self.view = tried_view(self._changed())
        except CptsGeoError as error:
            self.view = refused_view(error)
        self._answer.value = self.view.html
        self._reset.disabled = all(self._value(name) is None for name in self.inputs)

    def _repr_mimebundle_(self, **_: Any) -> dict[str, Any]:
        """The panel where widgets live; elsewhere, as in an exported page, the answer."""
        shown = dict(self.widget._repr_mimebundle_() or {})
        return {**shown, "text/html": self.view.html, "text/plain": repr(self.view)}

    def __repr__(self) -> str:
        """What a terminal shows."""
        return repr(self.view)


def panel(study: Study) -> Panel | View:
    """
    Make the panel of a territory.

    Parameters
    ----------
    study : Study
        Everything known of it.

    Returns
    -------
    Panel or View
        Where ipywidgets is absent, or there is nothing to try, the answer as it is.
    """
    asked = trial_section(study)
    if asked is None:
        return capacity_view(study, first=[_NOTHING])
    try:
        return Panel(study, asked)
    except ModuleNotFoundError:
        return capacity_view(study)


def _steps(
    least: float,
    most: float,
    at: float,
    *,
    own: str,
    step: float = 1,
    unit: str = "",
    kept: bool = True,
) -> list[tuple[str, Any]]:
    """Values to try, with their words; before the one at which an input starts, that it does."""
    decimals, end = (0 if step == 1 else 1), f"{NNBSP}{unit}" if unit else ""
    values = [round(least + place * step, 1) for place in range(round((most - least) / step) + 1)]
    if step == 1:
        values = [int(each) for each in values]
    said: list[tuple[str, Any]] = [(f"{number(each, decimals)}{end}", each) for each in values]
    place = bisect_left(values, at)
    return [*said[:place], (own, _OWN), *said[place if kept else place + 1 :]]


def _words(texts: Sequence[str]) -> list[tuple[str, int]]:
    """Choices by their place."""
    return [(typeset(text), place) for place, text in enumerate(texts)]


def _origin(origin: Any) -> Markup:
    """Whose an input is, and what says it."""
    hidden = Markup('<span class="vh">{} : </span>').format(origin.status)
    return Markup("{} {}{}").format(origin.mark, hidden, typeset(origin.text))
