"""Properties of a test case in JUnit XML: place, requirements, and the names under which Xray and TestRail import them."""

from __future__ import annotations

from support.evidence.records import ScenarioRecord


def properties(record: ScenarioRecord) -> list[tuple[str, str]]:
    """What the test case carries.

    `requirements`, `test_summary`, `test_description` and `tags` are read by Xray, `testrail_case_field` by TestRail's command line;
    `file` and `line` say where the scenario stands, `verified` which requirements have evidence in it.
    """
    verified = sorted({requirement for step in record.steps if step.proves for requirement in step.verifies})
    plain_tags = [tag for tag in record.tags if tag not in record.claims]
    told = {
        "file": record.file,
        "line": str(record.line),
        "requirements": ",".join(record.claims),
        "verified": ",".join(verified),
        "tags": ",".join(plain_tags),
        "test_summary": record.name,
        "test_description": " / ".join(part for part in (record.feature, record.rule) if part),
        "testrail_case_field": f"refs:{','.join(record.claims)}" if record.claims else "",
    }
    return [(name, value) for name, value in told.items() if value]
