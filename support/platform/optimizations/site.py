"""A deployment in the customer's account: its machines, its traffic and its settings, read and changed through AWS."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import timedelta
from typing import TYPE_CHECKING, Any, cast

from sqlalchemy import Table, bindparam, select

from support.platform.cloud import AwsAccount
from support.platform.fleet.views import DEPLOYMENT_TAG, name_of_group
from support.platform.network import Unreachable
from support.platform.optimizations.documents import Machine, Snapshot
from support.platform.optimizations.failures import NotRegistered, StepFailed, Vanished
from support.platform.services import Services
from support.platform.tables import Customer, Deployment

if TYPE_CHECKING:
    from mypy_boto3_ec2.type_defs import InstanceTypeDef
    from mypy_boto3_elbv2.type_defs import ActionTypeDef, TargetGroupTypeDef

OPTIMIZATION_TAG = "optiinfra:optimization"
PORT = 8000
READY_WITHIN = timedelta(seconds=90)
DRAINED_WITHIN = timedelta(seconds=60)
PAUSE_SECONDS = 5
ALIVE = ("pending", "running")

_deployments = cast("Table", Deployment.__table__)
_ON_RECORD = select(_deployments.c.id, _deployments.c.listener_arn).where(
    _deployments.c.customer_id == bindparam("customer"), _deployments.c.name == bindparam("deployment")
)


class Site:
    """One deployment. Every change is idempotent: made twice it has the effect of once."""

    def __init__(self, services: Services, customer: Customer, deployment: str) -> None:
        self._services = services
        self._customer = customer
        self.deployment = deployment

    @property
    def account(self) -> AwsAccount:
        """The customer's account, under the role that the customer gave us."""
        return self._services.cloud.for_customer(self._customer)

    def look(self, before: Snapshot | None = None) -> Snapshot:
        """The deployment as it is now. What an earlier look has found, and cannot have changed since, is not asked again."""
        known_as, listener_arn = self._on_record()
        actions, groups = self._traffic(listener_arn) if listener_arn is not None else ([], {})
        weights = {name: weight_of(actions, arn) for name, arn in groups.items()}
        return Snapshot(
            deployment=self.deployment,
            known_as=known_as,
            machines=self.whole_machines([{"Name": f"tag:{DEPLOYMENT_TAG}", "Values": [self.deployment]}], before.machines if before else ()),
            listener_arn=listener_arn,
            actions=actions,
            groups=groups,
            weights=weights,
            targets={name: tuple(sorted(self.targets(arn))) for name, arn in groups.items()},
            settings=self.settings(),
        )

    def machines(self, filters: Sequence[Mapping[str, Any]]) -> list[Machine]:
        """Instances that are running or about to, by EC2's filters, oldest first, without their user data."""
        return _oldest_first(machine for launched in self._launches(filters) for machine in launched)

    def whole_machines(self, filters: Sequence[Mapping[str, Any]], known: Iterable[Machine] = ()) -> tuple[Machine, ...]:
        """As `machines`, with the user data, which needs a question for each launch some machine of which is not known."""
        told = {(machine.instance_id, machine.launched_at): machine.user_data for machine in known}
        found: list[Machine] = []
        for launched in self._launches(filters):
            keys = [(machine.instance_id, machine.launched_at) for machine in launched]
            data = [told[key] for key in keys] if told.keys() >= set(keys) else [self._user_data(launched[0].instance_id)] * len(launched)
            found += [machine.model_copy(update={"user_data": each}) for machine, each in zip(launched, data, strict=True)]
        return tuple(_oldest_first(found))

    def _launches(self, filters: Sequence[Mapping[str, Any]]) -> list[list[Machine]]:
        """Machines that were launched together."""
        living = {"Name": "instance-state-name", "Values": list(ALIVE)}
        pages = self.account.ec2.get_paginator("describe_instances").paginate(Filters=cast("Any", [*filters, living]))
        launches = [reservation["Instances"] for page in pages for reservation in page["Reservations"]]
        return [[machine_of(instance) for instance in launched] for launched in launches if launched]

    def _user_data(self, instance_id: str) -> str | None:
        """What the instance was started with, in base64; instances that were launched together share it."""
        return self.account.ec2.describe_instance_attribute(InstanceId=instance_id, Attribute="userData").get("UserData", {}).get("Value")

    def alive(self, instance_ids: Collection[str]) -> set[str]:
        """Which of these instances are running or about to."""
        if not instance_ids:
            return set()
        return {machine.instance_id for machine in self.machines([{"Name": "instance-id", "Values": sorted(instance_ids)}])}

    def _traffic(self, listener_arn: str) -> tuple[list[dict[str, Any]], dict[str, str]]:
        actions = cast("list[dict[str, Any]]", self.account.elbv2.describe_listeners(ListenerArns=[listener_arn])["Listeners"][0]["DefaultActions"])
        arns = [group["TargetGroupArn"] for action in actions for group in action.get("ForwardConfig", {}).get("TargetGroups", [])]
        arns = arns or [action["TargetGroupArn"] for action in actions if "TargetGroupArn" in action]
        return actions, {name_of_group(arn): arn for arn in arns}

    def _on_record(self) -> tuple[str | None, str | None]:
        """Under which id the deployment is on record, and its listener."""
        with self._services.database.asking() as connection:
            found = connection.execute(_ON_RECORD, {"customer": self._customer.id, "deployment": self.deployment}).first()
        return (found.id, found.listener_arn) if found is not None else (None, None)

    # traffic

    def make_group(self, name: str, like_arn: str, tags: Mapping[str, str]) -> str:
        """A target group of that name with the settings of another; the one that exists if there is one. Answers its ARN."""
        elb = self.account.elbv2
        settings = _copied(elb.describe_target_groups(TargetGroupArns=[like_arn])["TargetGroups"][0])
        try:
            return str(elb.create_target_group(Name=name, Tags=_tag_list(tags), **settings)["TargetGroups"][0]["TargetGroupArn"])
        except elb.exceptions.DuplicateTargetGroupNameException:
            return str(elb.describe_target_groups(Names=[name])["TargetGroups"][0]["TargetGroupArn"])

    def find_group(self, name: str) -> str | None:
        """The ARN of the target group of that name, if there is one."""
        elb = self.account.elbv2
        try:
            return str(elb.describe_target_groups(Names=[name])["TargetGroups"][0]["TargetGroupArn"])
        except elb.exceptions.TargetGroupNotFoundException:
            return None

    def drop_group(self, arn: str) -> None:
        """Deletes the target group, which serves no listener any more."""
        elb = self.account.elbv2
        try:
            elb.delete_target_group(TargetGroupArn=arn)
        except elb.exceptions.TargetGroupNotFoundException:
            return

    def shift(self, listener_arn: str, weights: Mapping[str, int]) -> None:
        """Sends the deployment's traffic to these target groups (by ARN) in this proportion."""
        groups = [{"TargetGroupArn": arn, "Weight": weight} for arn, weight in weights.items()]
        action = {"Type": "forward", "ForwardConfig": {"TargetGroups": groups}}
        self.account.elbv2.modify_listener(ListenerArn=listener_arn, DefaultActions=cast("Any", [action]))

    def restore_actions(self, listener_arn: str, actions: Sequence[Mapping[str, Any]]) -> None:
        """Gives the listener exactly these default actions, unless it has them."""
        elb = self.account.elbv2
        now = elb.describe_listeners(ListenerArns=[listener_arn])["Listeners"][0]["DefaultActions"]
        if [dict(action) for action in now] != [dict(action) for action in actions]:
            elb.modify_listener(ListenerArn=listener_arn, DefaultActions=cast("Sequence[ActionTypeDef]", list(actions)))

    def targets(self, group_arn: str) -> dict[str, str]:
        """The health of each instance in the group, in AWS's words; a group that is gone has none."""
        elb = self.account.elbv2
        try:
            found = elb.describe_target_health(TargetGroupArn=group_arn)["TargetHealthDescriptions"]
        except elb.exceptions.TargetGroupNotFoundException:
            return {}
        return {target["Target"]["Id"]: str(target["TargetHealth"]["State"]) for target in found}

    def register(self, group_arn: str, instance_ids: Iterable[str]) -> None:
        """Adds the instances to the group."""
        targets = [{"Id": instance_id, "Port": PORT} for instance_id in instance_ids]
        if targets:
            self.account.elbv2.register_targets(TargetGroupArn=group_arn, Targets=cast("Any", targets))

    def deregister(self, group_arn: str, instance_ids: Iterable[str]) -> None:
        """Takes the instances out of the group; requests that they are serving come to their end."""
        targets = [{"Id": instance_id} for instance_id in instance_ids]
        if not targets:
            return
        elb = self.account.elbv2
        try:
            elb.deregister_targets(TargetGroupArn=group_arn, Targets=cast("Any", targets))
        except (elb.exceptions.InvalidTargetException, elb.exceptions.TargetGroupNotFoundException):
            return

    def expect_healthy(self, group_arn: str, instance_ids: Collection[str]) -> None:
        """Returns when the load balancer finds all of these instances healthy; StepFailed if it does not within `READY_WITHIN`.

        Vanished as soon as one of them is gone; NotRegistered when nothing else is missing than that the group has them.
        """
        clock = self._services.clock
        latest = clock.now() + READY_WITHIN
        while sick := {one: state for one, state in self._states(group_arn, instance_ids).items() if state != "healthy"}:
            self._expect_alive(sick)
            if set(sick.values()) == {"absent"}:
                raise NotRegistered(sick)
            if clock.now() >= latest:
                shown = ", ".join(f"{one} is {state}" for one, state in sorted(sick.items()))
                raise StepFailed(f"new capacity is not healthy: {shown}", "capacity_unhealthy")
            clock.sleep(PAUSE_SECONDS)

    def _states(self, group_arn: str, instance_ids: Collection[str]) -> dict[str, str]:
        found = self.targets(group_arn)
        return {instance_id: found.get(instance_id, "absent") for instance_id in instance_ids}

    def expect_drained(self, group_arn: str, instance_ids: Collection[str]) -> None:
        """Returns when none of these instances serves a request of the group any more, or after `DRAINED_WITHIN`."""
        clock = self._services.clock
        latest = clock.now() + DRAINED_WITHIN
        while set(instance_ids) & set(self.targets(group_arn)) and clock.now() < latest:
            clock.sleep(PAUSE_SECONDS)

    def expect_answering(self, addresses: Mapping[str, str]) -> None:
        """Returns when the model server on each of these instances is ready; StepFailed after `READY_WITHIN`, Vanished if one is gone."""
        clock = self._services.clock
        latest = clock.now() + READY_WITHIN
        waiting = dict(addresses)
        while waiting := {one: ip for one, ip in waiting.items() if not self._answers(ip)}:
            self._expect_alive(waiting)
            if clock.now() >= latest:
                raise StepFailed(f"new capacity does not answer: {', '.join(sorted(waiting))}", "capacity_unhealthy")
            clock.sleep(PAUSE_SECONDS)

    def _expect_alive(self, instance_ids: Collection[str]) -> None:
        if gone := set(instance_ids) - self.alive(instance_ids):
            raise Vanished(gone)

    def _answers(self, private_ip: str) -> bool:
        try:
            return self._services.network.client(self._customer).get(f"http://{private_ip}:{PORT}/health").ok
        except Unreachable:
            return False

    # machines

    def terminate(self, instance_ids: Collection[str]) -> None:
        """Ends the instances; those that are gone already are left out."""
        ec2 = self.account.ec2
        if not instance_ids:
            return
        try:
            ec2.terminate_instances(InstanceIds=sorted(instance_ids))
        except ec2.exceptions.ClientError as error:
            if error.response.get("Error", {}).get("Code") != "InvalidInstanceID.NotFound":
                raise
            remaining = self.alive(instance_ids)
            if remaining:
                ec2.terminate_instances(InstanceIds=sorted(remaining))

    # settings

    @property
    def settings_path(self) -> str:
        """Below this path in SSM the engine's settings are kept."""
        return f"/vllm/{self.deployment}/engine-args"

    def settings(self) -> dict[str, str]:
        """Every settings parameter of the deployment, by its name."""
        ssm = self.account.ssm
        pages = ssm.get_paginator("get_parameters_by_path").paginate(Path=f"/vllm/{self.deployment}", Recursive=True)
        return {found["Name"]: found["Value"] for page in pages for found in page["Parameters"]}

    def write_setting(self, name: str, value: str) -> None:
        """Sets the parameter."""
        self.account.ssm.put_parameter(Name=name, Value=value, Type="String", Overwrite=True)

    def drop_setting(self, name: str) -> None:
        """Removes the parameter, if it is there."""
        ssm = self.account.ssm
        try:
            ssm.delete_parameter(Name=name)
        except ssm.exceptions.ParameterNotFound:
            return


def weight_of(actions: Sequence[Mapping[str, Any]], group_arn: str) -> int:
    """The share of traffic that the actions give to a target group, as a weight; a plain forward counts 100."""
    for action in actions:
        for group in action.get("ForwardConfig", {}).get("TargetGroups", []):
            if group["TargetGroupArn"] == group_arn:
                return int(group.get("Weight", 100))
        if action.get("TargetGroupArn") == group_arn:
            return 100
    return 0


def _oldest_first(machines: Iterable[Machine]) -> list[Machine]:
    return sorted(machines, key=lambda machine: (machine.launched_at, machine.instance_id))


def machine_of(instance: InstanceTypeDef) -> Machine:
    """What is needed to launch one like it, from EC2's description, which leaves the user data out."""
    tags = {tag["Key"]: tag["Value"] for tag in instance.get("Tags", []) if not tag["Key"].startswith("aws:")}
    return Machine(
        instance_id=instance["InstanceId"],
        launched_at=instance["LaunchTime"],
        instance_type=instance["InstanceType"],
        availability_zone=instance["Placement"]["AvailabilityZone"],
        lifecycle="spot" if instance.get("InstanceLifecycle") == "spot" else "on_demand",
        private_ip=instance.get("PrivateIpAddress", ""),
        image_id=instance["ImageId"],
        subnet_id=instance.get("SubnetId"),
        security_groups=tuple(sorted(group["GroupId"] for group in instance.get("SecurityGroups", []))),
        key_name=instance.get("KeyName"),
        profile_arn=instance.get("IamInstanceProfile", {}).get("Arn"),
        tags=tags,
    )


def _copied(like: TargetGroupTypeDef) -> Any:  # noqa: ANN401  keyword arguments of the call
    general = ("Protocol", "ProtocolVersion", "Port", "VpcId", "TargetType")
    health = ("HealthCheckEnabled", "HealthCheckProtocol", "HealthCheckPort", "HealthCheckPath")
    return {name: value for name, value in like.items() if name in {*general, *health}}


def _tag_list(tags: Mapping[str, str]) -> Any:  # noqa: ANN401  AWS's own form
    return [{"Key": key, "Value": value} for key, value in tags.items()]
