"""Defects are planted from outside, tried one by one, and become proofs only where the right step noticed."""

from __future__ import annotations

import json
import subprocess
import sys
import threading
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from types import ModuleType

import pytest
from msgspec.structs import replace as changed

from support.evidence.ledger import load_ledger
from support.evidence.proofs import Proof, read_proofs, write_proofs
from support.evidence.records import read_evidence
from support.problems import Problems
from support.sabotage.commands import values
from support.sabotage.findings import finding_of
from support.sabotage.nothing import NULL
from support.sabotage.null import server
from support.sabotage.planting import VARIABLE
from support.sabotage.random_documents import RandomPlatform
from support.sabotage.registry import Defect, Register, defect_named, defects, examined, patch
from support.sabotage.target import sabotaged
from support.settings import load_target
from support.tests.evidence_records import ledger, requirement, scenario, step

ROOT = Path(__file__).parents[2]
ONE = "REQ-SPT-001"
DEFECT = Defect("wave-of-zero", ONE, "a wave of no nodes", "platform", lambda: None)


def test_every_defect_violates_a_requirement_of_the_ledger_and_every_requirement_of_the_first_milestone_has_one() -> None:
    assert len(examined(load_ledger(ROOT / "features/requirements.toml"))) >= 120


def test_what_is_wrong_with_the_defects_is_told_at_once() -> None:
    register = Register()
    register.add(DEFECT)
    register.add(replace(DEFECT, what="another wave of no nodes"))
    register.add(replace(DEFECT, name="wave-of-one", requirement="REQ-SPT-0001"))
    told = [problem.render() for problem in register.problems(ledger(requirement(1), requirement(2), requirement(3, milestone=2)))]
    here = f"support/tests/test_sabotage.py:{DEFECT.plant.__code__.co_firstlineno}:"
    assert told == [
        f"{here} two defects are called wave-of-zero; rename one; the other is {__name__}",
        f"{here} no requirement is called REQ-SPT-0001; the nearest is REQ-SPT-001",
        "features/requirements.toml:2: no defect violates REQ-SPT-002; plant one below support/sabotage/defects",
    ]


def test_an_unknown_defect_is_told_with_the_nearest() -> None:
    with pytest.raises(Problems, match="did you mean second-wave-skipped"):
        defect_named("second-wave-skiped")


@pytest.fixture
def modules() -> Iterator[tuple[ModuleType, ModuleType]]:
    """A module of the suite's own, and another that has imported a name from it."""
    here, there = ModuleType("support.sample_a"), ModuleType("support.sample_b")
    vars(here)["answer"] = vars(there)["answer"] = lambda: 42
    sys.modules.update({here.__name__: here, there.__name__: there})
    vars(there)["answer"] = vars(here)["answer"]
    yield here, there
    del sys.modules[here.__name__], sys.modules[there.__name__]


def test_a_patch_reaches_whoever_has_imported_the_name(modules: tuple[ModuleType, ModuleType]) -> None:
    patch("support.sample_a:answer", lambda original: lambda: original() + 1)
    assert [vars(module)["answer"]() for module in modules] == [43, 43]


def test_a_patch_of_what_is_not_there_is_an_error() -> None:
    with pytest.raises(LookupError, match=r"there is no support\.problems:nothing"):
        patch("support.problems:nothing", lambda original: original)


@pytest.fixture(scope="module")
def planter() -> Iterator[Callable[[str], str]]:
    """Plants a defect in a process of its own, because what is planted stays planted; answers what went wrong."""
    command = [sys.executable, "-m", "support.tests.planter"]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, cwd=ROOT) as process:  # noqa: S603 - our own
        asked, told = process.stdin, process.stdout
        assert asked is not None
        assert told is not None

        def plant(name: str) -> str:
            print(name, file=asked, flush=True)
            return str(json.loads(told.readline()))

        yield plant
        asked.close()


@pytest.mark.parametrize("name", sorted(defects()))
def test_every_defect_finds_what_it_breaks(planter: Callable[[str], str], name: str) -> None:
    assert planter(name) == ""


def test_a_sabotaged_target_starts_the_broken_server() -> None:
    target = load_target("embedded")
    assert sabotaged(target, None) is target
    broken = sabotaged(target, "second-wave-skipped").embedded
    assert (broken.platform_module, broken.world_module) == ("support.sabotage.broken_platform", target.embedded.world_module)
    assert broken.environment[VARIABLE] == "second-wave-skipped"
    assert sabotaged(target, "null-echo").embedded.platform_module == "support.sabotage.null"
    with pytest.raises(Problems, match="null-not-found"):
        sabotaged(target, "null-nothing")


def test_only_a_red_step_that_verifies_the_requirement_is_a_detection() -> None:
    red = step("A holds", verifies=(ONE,), verdict="failed", message="saw 0 nodes\nand more")
    noticed = scenario("A", ONE, outcome="failed", reason="saw 0 nodes\nand more", steps=(red,))
    finding = finding_of(DEFECT, [noticed, scenario("B", ONE, line=9)])
    assert finding.detected
    assert values(finding)["noticed_by"] == [
        {
            "scenario": noticed.identity,
            "place": "features/spot_migration/rollout.feature:7",
            "step": "Then A holds",
            "message": "saw 0 nodes",
            "verifies_the_requirement": True,
        }
    ]
    assert finding.silent == (scenario("B", ONE).identity,)
    assert finding.proofs() == [Proof(ONE, "wave-of-zero", noticed.identity, "A holds")]


@pytest.mark.parametrize(
    "different",
    [{"verifies": ("REQ-SPT-002",)}, {"verdict": "broken"}, {"verifies": ()}],
    ids=["another requirement's step", "a step that broke", "a step that verifies nothing"],
)
def test_a_scenario_that_fails_otherwise_is_no_detection(different: dict[str, object]) -> None:
    red = changed(step("A holds", verifies=(ONE,), verdict="failed"), **different)
    finding = finding_of(DEFECT, [scenario("A", ONE, outcome="failed", reason="x", steps=(red,))])
    assert not finding.detected
    assert finding.proofs() == []


def test_proofs_survive_their_file_and_a_bad_file_is_told(tmp_path: Path) -> None:
    path = tmp_path / "proof.json"
    proofs = [Proof("REQ-SPT-002", "b", "y", "z"), Proof(ONE, "a", "x", "y")]
    write_proofs(path, proofs)
    assert read_proofs(path) == tuple(sorted(proofs))
    path.write_text('{"proofs": [{"defect": 1}]}', encoding="utf-8")
    with pytest.raises(Problems, match="this is no file of proofs"):
        read_proofs(path)


@pytest.mark.parametrize(("kind", "status", "body"), [("not-found", 404, None), ("empty", 200, b"{}"), ("echo", 200, b'{"a": 1}')])
def test_a_null_platform_answers_everything_alike(kind: str, status: int, body: bytes | None) -> None:
    null = server(kind)
    threading.Thread(target=null.serve_forever, args=(0.02,), daemon=True).start()
    request = urllib.request.Request(f"http://127.0.0.1:{null.server_port}/customers", data=b'{"a": 1}', method="POST")
    try:
        with urllib.request.urlopen(request, timeout=5) as answer:  # noqa: S310 - loopback
            found = (answer.status, answer.read())
    except urllib.error.HTTPError as refused:
        found = (refused.code, refused.read())
    finally:
        null.shutdown()
        null.server_close()
    assert found[0] == status
    assert body is None or found[1] == body


@pytest.mark.parametrize(
    ("kind", "code", "message"),
    [
        ("not-found", 2, "the target is lost: the platform publishes no OpenAPI document: GET /openapi.json was answered 404"),
        ("empty", 2, "the target is lost: the platform publishes no OpenAPI document with operations"),
        ("echo", 2, "the target is lost: the platform publishes no OpenAPI document with operations"),
        ("random", 1, "breaks the published document"),
        ("silent", 2, "the target is lost: the platform did not answer at"),
    ],
)
def test_no_scenario_passes_on_a_platform_that_does_nothing_right(tmp_path: Path, kind: str, code: int, message: str) -> None:
    kept = tmp_path / "evidence.jsonl"
    options = ["-q", "--no-reports", "-p", "no:cacheprovider", f"--evidence={kept}", "--sabotage", f"{NULL}{kind}"]
    command = [sys.executable, "-m", "pytest", *options, "features/agent_registry/registration.feature"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=120, check=False)  # noqa: S603 - our own
    found = read_evidence(kept).scenarios
    assert (done.returncode, message in done.stdout) == (code, True), done.stdout
    assert found
    assert {scenario.outcome for scenario in found} <= {"failed", "broken"}
    assert "Traceback" not in done.stdout
    assert code == 1 or (len(found) == 1 and "httpx" not in done.stdout)


def test_random_documents_fit_their_schema() -> None:
    from jsonschema_rs import Draft202012Validator

    schema = {
        "type": "object",
        "required": ["id", "when", "kind", "parts"],
        "properties": {
            "id": {"type": "string", "minLength": 14},
            "when": {"type": "string", "format": "date-time"},
            "kind": {"enum": ["a", "b"]},
            "parts": {"type": "array", "items": {"anyOf": [{"type": "integer", "minimum": 3, "maximum": 5}, {"type": "null"}]}, "minItems": 2},
        },
    }
    contract = {"paths": {"/things/{id}": {"get": {"responses": {"200": {"content": {"application/json": {"schema": schema}}}}}}}}
    platform = RandomPlatform(contract)
    answers = [json.loads(platform.answer("GET", "/things/7", b"")[1]) for _ in range(50)]
    for answer in answers:
        Draft202012Validator(schema).validate(answer)
    assert len({json.dumps(answer) for answer in answers}) == 50
