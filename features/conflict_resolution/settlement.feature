Feature: Settlement of disagreements

  Four agents look at one fleet with four aims, so they disagree. The orchestrator settles each disagreement as a whole, by what the
  customer has declared to want, and says why. How disagreements are found is out of scope here.

  Background:
    Given customer "Northwind" runs 2 inference nodes on demand

  @REQ-CNF-003
  Rule: The preference that the customer declared must decide a conflict

    @REQ-CNF-007
    Scenario: A customer who prefers savings gets what the cost agent wants
      Given the customer prefers savings
      And the cost agent and the performance agent disagree about one node
      When the orchestrator settles the disagreement
      Then the cost agent's recommendation is chosen over the performance agent's
      And the reason on record names winner, loser and criterion

  @REQ-CNF-004
  Rule: Without a declared preference the order must be quality, performance, cost, resource

    @REQ-CNF-007
    Scenario: Without a preference performance comes before cost
      Given the customer has declared no preference
      And the cost agent and the performance agent disagree about one node
      When the orchestrator settles the disagreement
      Then the performance agent's recommendation is chosen over the cost agent's
      And the reason on record names winner, loser and criterion
