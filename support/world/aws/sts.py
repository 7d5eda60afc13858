"""STS: roles are assumed only as their trust policy says."""

from __future__ import annotations

from moto.core.responses import ActionResult
from moto.sts.responses import TokenResponse

from support.world.aws.trust import check
from support.world.world import World


class Sts(TokenResponse):
    """moto's STS with the trust check that it lacks. An assumption is part of the history of the account whose role it is."""

    def __init__(self, world: World) -> None:
        super().__init__()
        self._world = world
        self.of_account: str | None = None
        self.as_principal: str | None = None

    def assume_role(self) -> ActionResult:
        """Temporary keys of the role; AccessDenied whatever is wrong with role or external id."""
        role_arn = str(self._get_param("RoleArn"))
        number = role_arn.split(":")[4] if role_arn.count(":") == 5 else None
        self.of_account = number if number is not None and number.isdigit() and len(number) == 12 else None
        account = check(role_arn, self._get_param("ExternalId"))
        answer = super().assume_role()
        given = answer.result["Credentials"]  # type: ignore[index]
        self.as_principal = given.arn
        self._world.accounts.remember_key(given.access_key_id, account, given.arn)
        return answer
