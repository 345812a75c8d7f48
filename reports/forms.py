"""The forms of schedules, of sending and of answering for a delivery."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit
from zoneinfo import available_timezones

from django import forms
from django.core.exceptions import ValidationError

from integrations.domain.types import PlaceKind
from integrations.errors import NotFoundError, ProviderError
from integrations.models import Destination
from integrations.registry import open_destination
from launches.models import Launch
from luna.ui.fields import WordsField
from reports.actions.editions import COMMENTARY_LIMIT, check_audience
from reports.actions.schedules import ScheduleFields
from reports.domain.places import place_name, place_words
from reports.domain.types import REPORT_WORDS, ReportKind
from reports.models import Schedule
from reports.selectors import destinations_for

if TYPE_CHECKING:
    from collections.abc import Iterable

    from django.db.models import QuerySet

if TYPE_CHECKING:
    _Destinations = forms.ModelMultipleChoiceField[Destination]
else:
    _Destinations = forms.ModelMultipleChoiceField

REPORTS = [(kind.value, words) for kind, words in REPORT_WORDS.items()]
WEEKDAYS = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"]


class PlacesField(_Destinations):
    """Where reports may go; each newly chosen place is asked whether Luna can write there."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(queryset=Destination.objects.none(), widget=forms.CheckboxSelectMultiple, **kwargs)

    def label_from_instance(self, obj: Any) -> str:
        """`Slack: #launches`, and whether it is private."""
        name = place_words(obj.kind, obj.name)
        return f"{name} (private)" if obj.is_private and obj.kind == PlaceKind.CHANNEL else name

    def offer(self, destinations: QuerySet[Destination]) -> None:
        """Let these be chosen; they are read here, once."""
        self.queryset = destinations
        self.offered = sorted(destinations, key=lambda place: place_words(place.kind, place.name).casefold())
        self.choices = [(place.pk, self.label_from_instance(place)) for place in self.offered]


class ScheduleForm(forms.Form):
    """When, and where to. `edited` is the schedule that the form changes; none for a new one."""

    kind = forms.TypedChoiceField(choices=REPORTS, coerce=ReportKind, label="Report")
    weekday = forms.TypedChoiceField(choices=list(enumerate(WEEKDAYS)), coerce=int, label="Every")
    local_time = forms.TimeField(label="At", widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M"))
    time_zone = forms.CharField(
        label="Time zone", max_length=64, help_text="Such as Europe/Lisbon. The hour stays the same when clocks change."
    )
    destinations = PlacesField(label="Send to")
    version = forms.IntegerField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, launch: Launch | None, edited: Schedule | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if edited:  # what was told to a place is counted by report, so a schedule keeps its own
            del self.fields["kind"]
        self.launch = launch
        self.already = {place.pk for place in edited.destinations.all()} if edited else set()
        _places(self).offer(destinations_for(launch))

    def clean_time_zone(self) -> str:
        """An IANA name."""
        zone = str(self.cleaned_data["time_zone"]).strip()
        if zone not in available_timezones():
            raise ValidationError(f"“{zone}” is not a time zone. Write one such as Europe/Lisbon.")
        return zone

    def clean_destinations(self) -> list[Destination]:
        """Those that a delivery could go to now."""
        chosen = list(self.cleaned_data["destinations"])
        check_audience(self.launch, chosen)
        check_reachable([place for place in chosen if place.pk not in self.already])
        return chosen

    def schedule_fields(self) -> ScheduleFields:
        """What the actions take."""
        return ScheduleFields(
            weekday=self.cleaned_data["weekday"],
            local_time=self.cleaned_data["local_time"],
            time_zone=self.cleaned_data["time_zone"],
        )


class SendForm(forms.Form):
    """Sending now: which report, commentary and places."""

    kind = forms.TypedChoiceField(
        choices=REPORTS, coerce=ReportKind, required=False, empty_value=ReportKind.DIGEST, widget=forms.HiddenInput
    )
    commentary = WordsField(rows=3, max_length=COMMENTARY_LIMIT, required=False, label="Commentary")
    destinations = PlacesField(label="Send to")

    def __init__(self, *args: Any, launch: Launch | None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.launch = launch
        _places(self).offer(destinations_for(launch))

    def clean_destinations(self) -> list[Destination]:
        """Only where the launch may be told."""
        chosen = list(self.cleaned_data["destinations"])
        check_audience(self.launch, chosen)
        return chosen

    @property
    def has_places(self) -> bool:
        """Whether there is anywhere to send to."""
        return bool(_places(self).offered)


class CommentaryForm(forms.Form):
    """Only the commentary, for the next edition or a look at the preview."""

    commentary = WordsField(rows=3, max_length=COMMENTARY_LIMIT, required=False, label="Commentary")


class FoundForm(forms.Form):
    """Where a person found what Luna could not look up."""

    url = forms.CharField(required=False, max_length=500, label="Link")

    def clean_url(self) -> str:
        """A web address or nothing."""
        url = str(self.cleaned_data["url"]).strip()
        if url and (urlsplit(url).scheme not in {"http", "https"} or not urlsplit(url).hostname):
            raise ValidationError("Copy the link from your browser: it starts with https://.")
        return url


def initial_of(schedule: Schedule) -> dict[str, Any]:
    """What the form shows of a schedule."""
    return {
        "weekday": schedule.weekday,
        "local_time": schedule.local_time,
        "time_zone": schedule.time_zone,
        "destinations": [place.pk for place in schedule.destinations.all()],
        "version": schedule.version,
    }


def check_reachable(destinations: Iterable[Destination]) -> None:
    """Ask each place, and raise ValidationError with what is wrong and what to do."""
    problems = [problem for place in destinations if (problem := _problem(place))]
    if problems:
        raise ValidationError(problems)


def _problem(destination: Destination) -> str:
    name = place_name(destination.kind, destination.name)
    try:
        client = open_destination(destination.connection)
        place = client.place(destination.external_id, PlaceKind(destination.kind))
    except NotFoundError as error:
        return f"{name}: {error.sentence}"
    except ProviderError as error:
        return f"{name} could not be checked. {error.sentence}"
    if place.trouble:
        return f"{name}: {place.trouble}"
    if place.is_archived:
        return f"{name} is archived. Unarchive it in Slack, or choose another channel."
    if not place.can_post:
        return f"Luna’s bot is not in {name}. Type /invite @Luna there, then save again."
    return ""


def _places(form: forms.Form) -> PlacesField:
    field = form.fields["destinations"]
    assert isinstance(field, PlacesField)  # noqa: S101  for the type checker
    return field
