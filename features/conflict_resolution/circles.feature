Feature: Circles of dependencies

  A recommendation may need another one to be carried out first. Where such needs close a circle nobody could ever begin, and so the
  orchestrator says who waits for whom instead of waiting itself. Settling disagreements without a circle is out of scope here.

  Background:
    Given customer "Tinker" runs 2 inference nodes on demand

  @REQ-CNF-012
  Rule: A circle of dependencies must be refused and named, and nothing may wait for ever

    Scenario Outline: A circle of <length> is refused, and its members are named in their order
      Given <length> recommendations wait for each other in a circle
      When the orchestrator settles the disagreement
      Then the refusal names the whole circle
      And nothing in the customer's cloud has changed

      Examples:
        | length |
        | two    |
        | three  |
        | four   |

    Scenario: Approving a whole circle begins nothing
      Given three recommendations wait for each other in a circle
      When the customer approves all of them together
      Then the refusal names the whole circle
      And no change has begun

    Scenario: Approving one member of a circle begins nothing
      Given two recommendations wait for each other in a circle
      When the customer approves the first of them
      Then the request is refused because "depends on what has not been carried out"
      And no change has begun

    Scenario: A chain without a circle is carried out to its end
      Given the agents recommend
        | agent       | recommendation | needs          |
        | resource    | stay on demand |                |
        | cost        | stay on demand | stay on demand |
        | application | stay on demand | stay on demand |
      When the customer approves all of them together
      Then each of them is carried out, nothing before what it needs
