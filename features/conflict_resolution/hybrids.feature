Feature: Splits that serve both sides

  The cost agent wants a fleet on spot capacity, the performance agent wants it to stay on demand, and only a part of it tolerates
  interruption. Then the orchestrator gives each side its part of the fleet, and works out anew what that saves and risks.

  @REQ-CNF-005
  Rule: Where a split serves both sides, the orchestrator must negotiate it and recompute its saving and risk

    Scenario Outline: <firm> of <nodes> nodes that tolerate no interruption stay on demand
      Given customer "Northwind" runs <nodes> inference nodes, <firm> of which tolerate no interruption
      And the agents recommend
        | agent       | recommendation | about           | saving | risk   |
        | cost        | spot migration | the whole fleet | $6,000 | medium |
        | performance | stay on demand | the whole fleet | $0     | low    |
      When the orchestrator settles the disagreement
      Then the split gives <spot> of the fleet to spot and <stay> to on demand
      And the split saves <saving> a month at <risk> risk

      Examples: half of the fleet on spot or less is one level of risk lower
        | nodes | firm | spot | stay | saving | risk   |
        | two   | one  | 50%  | 50%  | $3,000 | low    |
        | three | one  | 67%  | 33%  | $4,000 | medium |
        | three | two  | 33%  | 67%  | $2,000 | low    |

    Scenario: Where every node tolerates interruption there is nothing to split
      Given customer "Northwind" runs 2 inference nodes on demand
      And the agents recommend
        | agent       | recommendation | about           |
        | cost        | spot migration | the whole fleet |
        | performance | stay on demand | the whole fleet |
      When the orchestrator settles the disagreement
      Then the performance agent's stay on demand alone is chosen, without a split

    Scenario: A customer who puts performance first is not asked to share
      Given customer "Northwind" runs two inference nodes, one of which tolerates no interruption
      And the customer prefers performance
      And the agents recommend
        | agent       | recommendation | about           |
        | cost        | spot migration | the whole fleet |
        | performance | stay on demand | the whole fleet |
      When the orchestrator settles the disagreement
      Then the performance agent's stay on demand alone is chosen, without a split

    @REQ-CNF-008
    Scenario: A split is carried out node by node
      Given customer "Northwind" runs two inference nodes, one of which tolerates no interruption
      And the cost agent recommends a spot migration
      And the performance agent objects to it
      And the orchestrator has settled the disagreement
      When the customer has the decision carried out
      Then exactly what was decided is carried out, and nothing else
      And each node runs where the split wants it
