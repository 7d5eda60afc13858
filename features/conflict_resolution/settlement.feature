Feature: Settlement of disagreements

  Four agents look at one fleet with four aims, so they disagree. The orchestrator settles each disagreement as a whole, by what the
  customer has declared to want, and says why. How disagreements are found is out of scope here.

  Background:
    Given customer "Northwind" runs 2 inference nodes on demand

  @REQ-CNF-003
  Rule: The preference that the customer declared must decide a conflict

    @smoke @REQ-CNF-007
    Scenario: A customer who prefers savings gets what the cost agent wants
      Given the customer prefers savings
      And the cost agent and the performance agent disagree about one node
      When the orchestrator settles the disagreement
      Then the cost agent's recommendation is chosen over the performance agent's
      And the reason on record names winner, loser and criterion

    Scenario Outline: A customer who prefers <preference> gets what the <winner> agent wants
      Given the customer prefers <preference>
      And the <loser> agent and the <winner> agent disagree about one node
      When the orchestrator settles the disagreement
      Then the <winner> agent's recommendation is chosen over the <loser> agent's

      Examples:
        | preference  | winner      | loser       |
        | performance | performance | application |
        | performance | performance | cost        |
        | quality     | application | performance |
        | quality     | application | cost        |

  @REQ-CNF-004
  Rule: Without a declared preference the order must be quality, performance, cost, resource

    Scenario Outline: Without a preference the <winner> agent comes before the <loser> agent
      Given the customer has declared no preference
      And the <loser> agent and the <winner> agent disagree about one node
      When the orchestrator settles the disagreement
      Then the <winner> agent's recommendation is chosen over the <loser> agent's
      And the reason on record names winner, loser and criterion

      Examples:
        | winner      | loser       |
        | application | performance |
        | performance | cost        |
        | cost        | resource    |
        | application | resource    |

    Scenario Outline: Of two contrary wishes of one agent the one with <better> wins
      Given the customer has declared no preference
      And the agents recommend
        | agent | recommendation   | saving   | confidence   | risk   | later    |
        | cost  | spot migration   | $500     | 0.80         | medium |          |
        | cost  | idle termination | <saving> | <confidence> | <risk> | 1 minute |
      When the orchestrator settles the disagreement
      Then the cost agent's idle termination is chosen over its spot migration

      Examples: each tie-break decides although all that come after it say otherwise
        | better              | saving  | confidence | risk |
        | the larger saving   | $500.01 | 0.70       | high |
        | the more confidence | $500    | 0.81       | high |
        | the lower risk      | $500    | 0.80       | low  |

    Scenario: Of two wishes that are alike in all else the older one wins
      Given the customer has declared no preference
      And the agents recommend
        | agent | recommendation   | later    |
        | cost  | spot migration   |          |
        | cost  | idle termination | 1 minute |
      When the orchestrator settles the disagreement
      Then the cost agent's spot migration is chosen over its idle termination

  @REQ-CNF-007
  Rule: A resolution must keep the strategy, the winner, the loser and the reason on record

    Scenario: The record of a decision for one side says who won, who lost and why
      Given the customer prefers savings
      And the cost agent and the performance agent disagree about one node
      When the orchestrator settles the disagreement
      Then the reason on record names winner, loser and criterion
      And the record keeps the strategy "prioritize customer" with winner and loser

    Scenario: The record of a sequence says in which order, and that nobody lost
      Given the agents recommend
        | agent       | recommendation  |
        | performance | kv cache tuning |
        | resource    | batch tuning    |
      When the orchestrator settles the disagreement
      Then the record keeps the strategy "sequential execution" with winner and loser

  @REQ-CNF-011
  Rule: A conflict among three agents must be resolved as a whole and not pair by pair

    Scenario: Of three who want one node one prevails over both others
      Given the customer has declared no preference
      And the agents recommend
        | agent       | recommendation     |
        | resource    | rightsizing        |
        | cost        | idle termination   |
        | performance | workload placement |
      When the orchestrator settles the disagreement
      Then everything but the performance agent's workload placement is dropped in its favour

    Scenario: Only who contradicts both others is given up
      Given the customer has declared no preference
      And the agents recommend
        | agent       | recommendation | about               |
        | resource    | rightsizing    | second node         |
        | cost        | spot migration | the first two nodes |
        | performance | stay on demand | first node          |
      When the orchestrator settles the disagreement
      Then only the cost agent's spot migration loses, to the performance agent's stay on demand

  @REQ-CNF-017
  Rule: A recommendation may be dropped only in favour of one that is carried out

    Scenario: Whoever lost only to a loser is carried out
      Given the customer prefers savings
      And the agents recommend
        | agent       | recommendation   | about               | saving |
        | performance | stay on demand   | first node          | $900   |
        | cost        | idle termination | the first two nodes | $600   |
        | resource    | rightsizing      | second node         | $300   |
      When the orchestrator settles the disagreement
      Then only the cost agent's idle termination loses, to the performance agent's stay on demand

    Scenario: What a dropped recommendation needed is not dropped with it
      Given the customer has declared no preference
      And the agents recommend
        | agent       | recommendation   | about       | needs           |
        | performance | kv cache tuning  | second node |                 |
        | cost        | idle termination | first node  | kv cache tuning |
        | application | stay on demand   | first node  |                 |
      When the orchestrator settles the disagreement
      Then only the cost agent's idle termination loses, to the application agent's stay on demand
