"""The kinds of platforms that do nothing right."""

NULL = "null-"
"""What their names begin with, where a defect could be named."""

VARIABLE_OF_KIND = "ACCEPTANCE_NULL_PLATFORM"
"""The environment variable that names the kind."""

KINDS = {
    "not-found": "answers 404 to everything",
    "empty": "answers 200 with an empty object",
    "echo": "answers 200 with what it was sent",
    "random": "answers with random documents that fit the published contract",
    "silent": "accepts connections and never answers",
}
