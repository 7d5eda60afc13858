Feature: Decisions carried out

  A decision between agents is worth what is made of it. Once the customer has it carried out, exactly that happens which was decided, one
  time, and everybody who took part is told. How the orchestrator decides is out of scope here.

  Background:
    Given customer "Tinker" runs 3 inference nodes on demand
    And all that is recommended is the cost agent's idle termination
    And the performance agent objects to it

  @REQ-CNF-008
  Rule: Executing a resolution must do exactly what it decided

    Scenario: Where savings win the idle node is ended
      Given the customer prefers savings
      And the orchestrator has settled the disagreement
      When the customer has the decision carried out
      Then exactly what was decided is carried out, and nothing else
      And only the nodes that the cost agent wanted to end are gone

    Scenario: Where performance wins the idle node stays
      Given the customer prefers performance
      And the orchestrator has settled the disagreement
      When the customer has the decision carried out
      Then exactly what was decided is carried out, and nothing else
      And nothing in the customer's cloud has changed

    Scenario: A decision that nobody has carried out changes nothing
      Given the customer prefers savings
      And the orchestrator has settled the disagreement
      When 10 minutes pass
      Then no change has begun
      And nothing in the customer's cloud has changed

  @REQ-CNF-009
  Rule: Every agent involved and the orchestrator must be notified of an executed resolution

    Scenario: The loser is told as well as the winner
      Given the orchestrator has settled the disagreement
      When the customer has the decision carried out
      Then the orchestrator and every agent involved are told of it, once each

    Scenario: Three sides are told
      Given the agents recommend
        | agent       | recommendation   |
        | performance | stay on demand   |
        | application | stay on demand   |
        | cost        | idle termination |
      And the orchestrator has settled the disagreement
      When the customer has the decision carried out
      Then the orchestrator and every agent involved are told of it, once each

  @REQ-CNF-015
  Rule: Executing a resolution twice must have one effect

    Scenario: Asked again, the same changes are answered
      Given the orchestrator has settled the disagreement
      When the customer has the decision carried out twice
      Then both are answered with the same changes, and each is made once

    Scenario: Asked by two people at once, the same changes are answered
      Given the orchestrator has settled the disagreement
      When two people have the decision carried out at the same moment
      Then both are answered with the same changes, and each is made once
