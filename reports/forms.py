"""The forms of schedules, of sending and of answering for a delivery."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit
from zoneinfo import available_timezones

from django import forms
from django.core.exceptions import ValidationError

from integrations.errors import NotFoundError, ProviderError
from integrations.models import Destination
from integrations.registry import open_destination
from launches.models import Launch
from luna.ui.fields import WordsField
from reports.actions.editions import COMMENTARY_LIMIT, check_audience
from reports.actions.schedules import ScheduleFields
from reports.models import Schedule
from reports.selectors import destinations_for

if TYPE_CHECKING:
    from collections.abc import Iterable

    from django.db.models import QuerySet

if TYPE_CHECKING:
    _Channels = forms.ModelMultipleChoiceField[Destination]
else:
    _Channels = forms.ModelMultipleChoiceField

WEEKDAYS = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"]


class ChannelsField(_Channels):
    """Channels of connected places; each newly chosen one is asked whether Luna can post there."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(queryset=Destination.objects.none(), widget=forms.CheckboxSelectMultiple, **kwargs)

    def label_from_instance(self, obj: Any) -> str:
        """`#launches`, and whether it is private."""
        name = f"#{obj.name.removeprefix('#')}"
        return f"{name} (private)" if obj.is_private else name

    def offer(self, destinations: QuerySet[Destination]) -> None:
        """Let these be chosen; they are read here, once."""
        self.queryset = destinations
        self.offered = list(destinations)
        self.choices = [(place.pk, self.label_from_instance(place)) for place in self.offered]


class ScheduleForm(forms.Form):
    """When, and where to. `edited` is the schedule that the form changes; none for a new one."""

    weekday = forms.TypedChoiceField(choices=list(enumerate(WEEKDAYS)), coerce=int, label="Every")
    local_time = forms.TimeField(label="At", widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M"))
    time_zone = forms.CharField(
        label="Time zone", max_length=64, help_text="Such as Europe/Lisbon. The hour stays the same when clocks change."
    )
    destinations = ChannelsField(label="Channels")
    version = forms.IntegerField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, launch: Launch, edited: Schedule | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.launch = launch
        self.already = {place.pk for place in edited.destinations.all()} if edited else set()
        _channels(self).offer(destinations_for(launch))

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
    """Sending now: commentary and channels."""

    commentary = WordsField(rows=3, max_length=COMMENTARY_LIMIT, required=False, label="Commentary")
    destinations = ChannelsField(label="Send to")

    def __init__(self, *args: Any, launch: Launch, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.launch = launch
        _channels(self).offer(destinations_for(launch))

    def clean_destinations(self) -> list[Destination]:
        """Only where the launch may be told."""
        chosen = list(self.cleaned_data["destinations"])
        check_audience(self.launch, chosen)
        return chosen

    @property
    def has_channels(self) -> bool:
        """Whether there is anywhere to send to."""
        return bool(_channels(self).offered)


class CommentaryForm(forms.Form):
    """Only the commentary, for the next edition or a look at the preview."""

    commentary = WordsField(rows=3, max_length=COMMENTARY_LIMIT, required=False, label="Commentary")


class FoundForm(forms.Form):
    """Where a person found a message that Luna could not look up."""

    url = forms.CharField(required=False, max_length=500, label="Link to the message")

    def clean_url(self) -> str:
        """A web address or nothing."""
        url = str(self.cleaned_data["url"]).strip()
        if url and (urlsplit(url).scheme not in {"http", "https"} or not urlsplit(url).hostname):
            raise ValidationError("Copy the link from Slack: it starts with https://.")
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
    name = f"#{destination.name.removeprefix('#')}"
    try:
        place = open_destination(destination.connection).place(destination.external_id)
    except NotFoundError as error:
        return f"{name}: {error.sentence}"
    except ProviderError as error:
        return f"{name} could not be checked. {error.sentence}"
    if place.is_archived:
        return f"{name} is archived. Unarchive it in Slack, or choose another channel."
    if not place.can_post:
        return f"Luna’s bot is not in {name}. Type /invite @Luna there, then save again."
    return ""


def _channels(form: forms.Form) -> ChannelsField:
    field = form.fields["destinations"]
    assert isinstance(field, ChannelsField)  # noqa: S101  for the type checker
    return field
