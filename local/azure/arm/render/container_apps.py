"""Microsoft.App: environments, container apps with their revisions, and jobs."""

from collections.abc import Iterator, Sequence
from functools import partial

from local.azure.arm.render.common import (
    Entry,
    Json,
    always,
    child,
    created,
    fixed,
    identity_block,
    identity_id,
    present,
    subnet_id,
    tracked,
)
from local.azure.world import World
from local.estates.hosting import (
    AppContainer,
    AppEnvironment,
    AppWorkload,
    ContainerApp,
    ContainerJob,
    Revision,
)


def entries(world: World) -> Iterator[Entry]:
    """Environments, apps, their revisions, jobs. Resource Graph holds no revisions."""
    estate = world.estate
    for environment in estate.environments:
        render = always(partial(_environment, world, environment))
        yield Entry(environment.id, AppEnvironment.TYPE, render, in_graph=True)
    for app in estate.container_apps:
        yield Entry(app.id, ContainerApp.TYPE, always(partial(_app, world, app)), in_graph=True)
        yield from map(fixed, _revisions(world, app))
    for job in estate.jobs:
        yield Entry(job.id, ContainerJob.TYPE, always(partial(_job, world, job)), in_graph=True)


def _environment(world: World, environment: AppEnvironment) -> Json:
    subnet = subnet_id(world, environment.network) if environment.network else None
    return tracked(
        environment,
        {
            "vnetConfiguration": present({"infrastructureSubnetId": subnet}) or None,
            "staticIp": environment.outbound[0] if environment.outbound else None,
            "defaultDomain": f"{environment.name}.{environment.location}.azurecontainerapps.io",
        },
    )


def _app(world: World, app: ContainerApp) -> Json:
    template = _template(app.containers, app.init_containers)
    template["scale"] = {"minReplicas": app.min_replicas, "maxReplicas": app.max_replicas}
    return _workload(
        world,
        app,
        {
            "managedEnvironmentId": _environment_id(world, app.environment),
            "environmentId": _environment_id(world, app.environment),
            "latestRevisionName": app.revision,
            "latestReadyRevisionName": "" if app.provisioning_error else app.revision,
            "outboundIpAddresses": _outbound(world, app.environment),
            "configuration": {
                "activeRevisionsMode": "Multiple" if app.revisions else "Single",
                "registries": _registries(world, app),
                "secrets": _secrets(app),
                "maxInactiveRevisions": 100,
            },
            "template": template,
            "runningStatus": "Running",
        },
    )


def _job(world: World, job: ContainerJob) -> Json:
    configuration: Json = {
        "triggerType": job.trigger,
        "replicaTimeout": 1800,
        "replicaRetryLimit": 0,
        "registries": _registries(world, job),
        "secrets": _secrets(job),
    }
    if job.trigger == "Schedule":
        configuration["scheduleTriggerConfig"] = {"cronExpression": job.schedule, "parallelism": 1}
    return _workload(
        world,
        job,
        {
            "environmentId": _environment_id(world, job.environment),
            "configuration": configuration,
            "template": _template(job.containers, job.init_containers),
        },
    )


def _workload(world: World, workload: AppWorkload, properties: Json) -> Json:
    block = identity_block(world, workload.name, workload.identity)
    return tracked(workload, properties, **present({"identity": block}))


def _revisions(world: World, app: ContainerApp) -> Iterator[Json]:
    newest = Revision(
        name=app.revision,
        image="",
        active=True,
        traffic=100 - sum(one.traffic for one in app.revisions),
        replicas=app.min_replicas,
        health_state=app.health_state,
        running_state="ActivationFailed" if app.provisioning_error else "Running",
        provisioning_error=app.provisioning_error,
        age=app.created,
    )
    yield _revision(world, app, newest, _template(app.containers, app.init_containers))
    for one in app.revisions:
        template = _template([AppContainer(name=app.name, image=one.image)], [])
        yield _revision(world, app, one, template)


def _revision(world: World, app: ContainerApp, revision: Revision, template: Json) -> Json:
    properties = {
        "createdTime": created(world, revision.age),
        "template": template,
        "active": revision.active,
        "replicas": revision.replicas,
        "trafficWeight": revision.traffic,
        "healthState": revision.health_state,
        "provisioningState": "Failed" if revision.provisioning_error else "Provisioned",
        "provisioningError": revision.provisioning_error or None,
        "runningState": revision.running_state,
    }
    kind = f"{ContainerApp.TYPE}/revisions"
    return child(app.id, kind, revision.name, present(properties))


def _template(containers: Sequence[AppContainer], first: Sequence[AppContainer]) -> Json:
    resources = {"cpu": 0.5, "memory": "1Gi"}
    return {
        "containers": [
            {"image": one.image, "name": one.name, "resources": resources} for one in containers
        ],
        "initContainers": [
            {"image": one.image, "name": one.name, "resources": resources} for one in first
        ]
        or None,
    }


def _registries(world: World, workload: AppWorkload) -> list[Json]:
    return [
        {
            "server": one.server,
            "username": one.username,
            "passwordSecretRef": _secret_name(one.server, one.username) if one.password else "",
            "identity": identity_id(world, one.identity),
        }
        for one in workload.registries
    ]


def _secrets(workload: AppWorkload) -> list[Json]:
    """Names only: the values need the action listSecrets."""
    with_password = (one for one in workload.registries if one.password and not one.secret_missing)
    return [{"name": _secret_name(one.server, one.username)} for one in with_password]


def _secret_name(server: str, username: str) -> str:
    return f"{server.replace('.', '')}-{username.lower()}"


def _environment_id(world: World, name: str) -> str:
    return next((one.id for one in world.estate.environments if one.name == name), name)


def _outbound(world: World, name: str) -> list[str]:
    found = next((one for one in world.estate.environments if one.name == name), None)
    return list(found.outbound) if found else []
