"""From what somebody typed to values, with a reason for each that is wrong."""

import datetime
import json
from collections.abc import Mapping
from typing import Any

import shapely
from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from shapely.geometry.base import BaseGeometry

from anlan.desk.asker import Asker
from anlan.desk.geometry import ShapeField
from anlan.desk.sheet.declare import Sheet, Values
from anlan.desk.sheet.fields import Field, Kind
from anlan.terms.places import cut_region

MOST_POINTS = 20_000
_MOST_PLAIN = 20_000


class Region(forms.CharField):
    """A region code, as written on paper or cut to its level."""

    def clean(self, value: Any) -> str:
        text = super().clean(value)
        if not text:
            return ""
        try:
            return cut_region(text.split()[0])
        except ValueError as error:
            raise ValidationError(
                _("“%(code)s” is not a region code: 2, 4, 6, 9 or 12 digits.") % {"code": text[:20]}
            ) from error


class Shape(forms.CharField):
    """A shape as GeoJSON, WKT, or `longitude, latitude`."""

    def prepare_value(self, value: Any) -> Any:
        return shapely.to_geojson(value) if isinstance(value, BaseGeometry) else value

    def clean(self, value: Any) -> BaseGeometry | None:
        if not isinstance(value, BaseGeometry):
            text = super().clean(value)
            if not text:
                return None
            value = ShapeField().to_python(_as_wkt(text))
        return _sound(value)


class Plain(forms.CharField):
    """A JSON object."""

    def prepare_value(self, value: Any) -> Any:
        return json.dumps(value, ensure_ascii=False) if isinstance(value, Mapping) else value

    def clean(self, value: Any) -> dict[str, Any]:
        text = super().clean(value)
        try:
            found = json.loads(text) if text else {}
        except (ValueError, RecursionError):
            found = None
        if not isinstance(found, dict) or len(text) > _MOST_PLAIN:
            raise ValidationError(_("This is not a JSON object."))
        return found


class Choice(forms.ChoiceField):
    """A choice by its value or by its title, as a file has it."""

    default_error_messages = {  # noqa: RUF012 - Django's own way
        "invalid_choice": gettext_lazy("“%(value)s” is none of the choices.")
    }

    def clean(self, value: Any) -> str:
        text = str(value if value is not None else "").strip()
        listed: Any = self.choices
        titles = {str(title).strip(): str(key) for key, title in listed if key}
        return str(super().clean(titles.get(text, text)))


class Moment(forms.DateTimeField):
    """A moment: with its zone, or in the time of the site."""

    def clean(self, value: Any) -> Any:
        if isinstance(value, str) and (text := value.strip().replace("/", "-")):
            try:
                moment = datetime.datetime.fromisoformat(text)
                return moment if moment.tzinfo else timezone.make_aware(moment)
            except (ValueError, OverflowError) as error:
                raise ValidationError(
                    _("“%(text)s” is no moment: write 2026-07-21 02:00.") % {"text": text[:40]}
                ) from error
        return super().clean(value)


class Flag(forms.CharField):
    """Yes or no; empty is no."""

    def clean(self, value: Any) -> bool:
        text = str(value or "").strip().casefold()
        if text in ("", "0", "no", "n", "false", "否", "off"):
            return False
        if text in ("1", "yes", "y", "true", "是", "on"):
            return True
        raise ValidationError(_("This is neither yes nor no."))


def form_field(field: Field) -> forms.Field:
    """The form's part for a field."""
    needed: dict[str, Any] = {
        "required": field.is_required, "label": field.title, "help_text": field.note
    }  # fmt: skip
    if field.is_number:
        number = forms.FloatField if field.kind is Kind.NUMBER else forms.IntegerField
        return number(**needed, min_value=field.low, max_value=field.high)  # type: ignore[arg-type]  # bounds are as the kind
    match field.kind:
        case Kind.CHOICE:
            options = field.choices() if field.choices else []
            return Choice(**needed, choices=[("", "—"), *options])
        case Kind.DAY:
            widget = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
            return forms.DateField(**needed, widget=widget)
        case Kind.FLAG:
            return Flag(**{**needed, "required": False}, widget=forms.CheckboxInput)
        case Kind.SHAPE:
            return Shape(**needed, widget=forms.Textarea(attrs={"rows": 3, "spellcheck": "false"}))
        case Kind.PLAIN:
            return Plain(**needed, widget=forms.Textarea(attrs={"rows": 4}))
    return _text_field(field, needed)


def _text_field(field: Field, needed: dict[str, Any]) -> forms.Field:
    match field.kind:
        case Kind.MOMENT:
            return Moment(**needed)
        case Kind.REGION:
            return Region(**needed, max_length=12)
        case Kind.LINES:
            return forms.CharField(**needed, max_length=field.most, widget=forms.Textarea)
    return forms.CharField(**needed, max_length=field.most)


_REDRAW = {"hx-trigger": "change", "hx-include": "closest form", "hx-target": "closest form",
           "hx-select": "form.form", "hx-swap": "outerHTML"}  # fmt: skip
"""The fields that follow from a choice come with it."""


class SheetForm(forms.Form):
    """The form of a row; `told` are values that stand already."""

    use_required_attribute = True

    def __init__(
        self, sheet: Sheet, told: Values, data: Any = None, *, is_new: bool, asker: Asker
    ) -> None:
        super().__init__(data=data, initial=told)
        self.sheet = sheet
        self.offers: dict[str, list[tuple[str, str]]] = {}
        for field in sheet.fields_for(told if data is None else {**told, **_flat(data)}):
            is_said = field.is_fixed and not is_new and field.name != sheet.more_by
            if is_said or (field.kind is Kind.PLAIN and sheet.more is not None):
                continue
            one = form_field(field)
            one.disabled = field.is_fixed and not is_new
            if sheet.more is not None and field.name == sheet.more_by:
                one.widget.attrs.update(_REDRAW, **{"hx-get": sheet.url("new")})
            if field.offers and not one.disabled:
                self.offers[field.name] = field.offers(asker)
                one.widget.attrs["list"] = f"offers-{field.name}"
            self.fields[field.name] = one


def _flat(data: Any) -> dict[str, str]:
    return {name: data.get(name, "") for name in data}


def _as_wkt(text: str) -> str:
    """`longitude, latitude` as a point; anything else as it is."""
    parts = text.replace("，", ",").replace(",", " ").split()
    if len(parts) == 2 and all(_is_number(part) for part in parts):
        return f"POINT ({parts[0]} {parts[1]})"
    return text


def _is_number(text: str) -> bool:
    try:
        float(text)
    except ValueError:
        return False
    return True


def _sound(shape: BaseGeometry | None) -> BaseGeometry:
    if shape is None or shape.is_empty:
        raise ValidationError(_("This shape is empty."))
    if shapely.get_num_coordinates(shape) > MOST_POINTS:
        raise ValidationError(
            _("This shape has more than %(most)s points.") % {"most": MOST_POINTS}
        )
    flat = shapely.force_2d(shape)
    xy = shapely.get_coordinates(flat)
    # Not a number compares as false, so it is refused too.
    if not ((abs(xy[:, 0]) <= 180).all() and (abs(xy[:, 1]) <= 90).all()):
        raise ValidationError(
            _("This lies outside the earth: longitude −180 to 180 first, then latitude −90 to 90.")
        )
    if not flat.is_valid:
        raise ValidationError(
            _("This shape is not valid: %(why)s.") % {"why": shapely.is_valid_reason(flat)}
        )
    return flat
