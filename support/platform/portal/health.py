"""Health, found out at the moment of asking."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

from support.platform.portal.schemas import Dependency, Health
from support.platform.services import Services

LONGEST_SECONDS = 3.0

Check = Callable[[Services], Dependency]


def examine(services: Services) -> Health:
    """Asks every dependency, all at once. One that does not answer in time is unhealthy."""
    checks: dict[str, Check] = {"database": _database, "cloud": _cloud, "clock": _clock, "language_model": _language_model}
    pool = ThreadPoolExecutor(len(checks), "health")
    asked = {name: pool.submit(check, services) for name, check in checks.items()}
    found: dict[str, Dependency] = {}
    for name, future in asked.items():
        try:
            found[name] = future.result(LONGEST_SECONDS)
        except TimeoutError:
            found[name] = Dependency(status="unhealthy", detail=f"no answer within {LONGEST_SECONDS:g} s")
    pool.shutdown(wait=False)
    gone = {name for name, dependency in found.items() if dependency.status == "unhealthy"}
    status = "healthy" if not gone else "degraded" if gone == {"language_model"} else "unhealthy"
    return Health.model_validate({"status": status, "dependencies": found})


def _database(services: Services) -> Dependency:
    from sqlalchemy.exc import SQLAlchemyError

    try:
        services.database.ping()
    except SQLAlchemyError as error:
        return Dependency(status="unhealthy", detail=f"the database does not answer ({type(error).__name__})")
    return Dependency(status="healthy", detail="the database answers")


def _cloud(services: Services) -> Dependency:
    from botocore.exceptions import BotoCoreError, ClientError

    try:
        services.cloud.ping()
    except (BotoCoreError, ClientError) as error:
        return Dependency(status="unhealthy", detail=f"AWS does not answer ({type(error).__name__})")
    return Dependency(status="healthy", detail="AWS answers")


def _clock(services: Services) -> Dependency:
    problem = services.clock.state()
    return Dependency(status="unhealthy", detail=f"time stands still: {problem}") if problem else Dependency(status="healthy", detail="time is right")


def _language_model(services: Services) -> Dependency:
    url = services.settings.llm_url
    if url is None:
        return Dependency(status="absent", detail="none is configured")
    import urllib3

    try:
        status = urllib3.request("GET", f"{url}/models", timeout=LONGEST_SECONDS - 0.5, retries=False).status
    except urllib3.exceptions.HTTPError as error:
        return Dependency(status="unhealthy", detail=f"the language model does not answer ({type(error).__name__})")
    if status >= 500:
        return Dependency(status="unhealthy", detail=f"the language model answers {status}")
    return Dependency(status="healthy", detail="the language model answers")
