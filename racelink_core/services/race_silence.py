"""From staging to the start of a race nothing is on air that can wait. Source: design, section 6."""

from __future__ import annotations

from racelink_core.domain.timings import Timings
from racelink_core.services.healing import Healing
from racelink_core.services.heat_follower import HeatFollower
from racelink_core.services.race_watch import RacePhase, RaceWatch
from racelink_core.services.tasks import Tasks


class RaceSilence:
    """Ends by itself should the start never be heard of."""

    def __init__(
        self, race: RaceWatch, *, healing: Healing, tasks: Tasks, heat_follower: HeatFollower, timings: Timings
    ) -> None:
        self._healing, self._tasks, self._heat_follower = healing, tasks, heat_follower
        self._timings = timings
        race.subscribe(self._race_changed)

    def _race_changed(self, phase: RacePhase) -> None:
        if phase is RacePhase.STAGING:
            self._healing.pause()
            self._tasks.pause(self._timings.healing_pause_s)
            self._heat_follower.race_is_staging()
        else:
            self._healing.resume()
            self._tasks.resume(self._timings.healing_delay_s)
