Feature: One change after the other

  Some recommendations disagree only about who comes first: both can be carried out, but not at once. The orchestrator then puts them into
  an order, and the second has to wait for the success of the first. Changes that exclude each other are out of scope here.

  Background:
    Given customer "Northwind" runs 1 inference node on demand
    And the agents recommend
      | agent       | recommendation  | about           |
      | resource    | batch tuning    | the whole fleet |
      | performance | kv cache tuning | the whole fleet |
    And the orchestrator has settled the disagreement

  @REQ-CNF-006
  Rule: The second change in a sequence may start only after the first has succeeded

    @REQ-CNF-008
    Scenario: The second change begins when the first has completed
      When the customer has the decision carried out
      Then the performance agent's change completes before the resource agent's begins
      And exactly what was decided is carried out, and nothing else

    Scenario: When the first change fails the second never begins
      Given the customer has had the decision carried out
      When quality of the whole fleet falls to 94.9% of the baseline
      Then the performance agent's change is taken back and the resource agent's never begins
