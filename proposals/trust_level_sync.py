"""As trust_level, with a level that falls in the very step in which RUN is lost."""

from __future__ import annotations

from proposals.trust_level import Trust, TrustedDevice, TrustLevel
from tdispmodel.dsl import removes, replaces
from tdispmodel.models.base import Guest


@removes(TrustLevel.distrust)
class TrustLevelSync(TrustLevel):
    """The level is synchronous with what it grants: no step lies between the loss of RUN and trust 0.

    The driver that is bound by then stays bound all the same, and a probe that began in RUN still ends.  Where RUN ends
    between the TSM's answer and the level that follows from it, the level is up in ERROR, and no step lowers it.
    Gives up: `distrusted_device_is_driverless` (the driver stays bound), `kernel_binds_only_verified` and
    `kernel_binds_only_verified_after_boot` (RUN ends during a probe).
    Source: v2 thread, Apr 2026 ("trust modification needs to be synchronous", debate 131).
    """

    @replaces(Guest.revoke_with_run)
    def revoke_with_run(self, device: TrustedDevice, ends: bool) -> None:
        """The level falls with RUN. [debate 127, 131]"""
        device.trust = Trust.BLOCKED if ends and device.trust is Trust.PRIVATE else device.trust
