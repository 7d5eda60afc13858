@needs_clock_control
Feature: Interruption of spot capacity

  The cloud may take spot capacity back whenever it likes, two minutes after it has said so, and sometimes without a word. OptiInfra keeps
  the fleet as large as its users need, whatever it is doing at that moment. Choosing pools that are seldom taken back is out of scope here.

  @REQ-SPT-015
  Rule: A node that the cloud reclaims must be drained and replaced within the two-minute notice

    Background:
      Given customer "Northwind" runs 1 inference node on demand
      And the cost agent recommends a spot migration
      And the customer's users ask without a pause

    Scenario Outline: In each of the seven steps a node taken back <how> is replaced in time
      Given the migration has come to create spot instances
      When the cloud takes a spot node back <how> in this and each further step
      Then each node taken back was drained and replaced within 2 minutes
      And the optimization ends completed
      And capacity never fell below what the traffic needs
      And OptiInfra has launched 8 nodes in all
      And no customer request was lost

      Examples: With its notice, and a signal beside it or not
        | how                                       |
        | with two minutes' notice                  |
        | with a rebalance signal before its notice |
        | with a rebalance signal after its notice  |

    Scenario Outline: In each of the seven steps a node taken back <how> is replaced as soon as it is gone
      Given the migration has come to create spot instances
      When the cloud takes a spot node back <how> in this and each further step
      Then the optimization ends completed
      And each node taken back was replaced within 2 minutes
      And capacity was below what the traffic needs for 5 seconds at most
      And OptiInfra has launched 8 nodes in all

      Examples: Without its notice
        | how                           |
        | with a rebalance signal alone |
        | without a word                |

  @REQ-SPT-015
  Rule: Nodes reclaimed long after the migration must be drained and replaced within the notice too

    Scenario: Two nodes taken back at once are both replaced
      Given customer "Northwind" runs 2 inference nodes on demand
      And the cost agent recommends a spot migration
      And the customer's users ask without a pause
      And the fleet has moved to spot
      When the cloud takes two spot nodes back with two minutes' notice
      Then each node taken back was drained and replaced within 2 minutes
      And no customer request was lost

  @REQ-SPT-016
  Rule: When no spot capacity can replace a reclaimed node, on-demand capacity must

    Background:
      Given customer "Northwind" runs 1 inference node on demand
      And the cost agent recommends a spot migration
      And the customer's users ask without a pause

    Scenario: Without spot capacity anywhere the node comes back on demand
      Given the fleet has moved to spot
      And no spot capacity is left
      When the cloud takes one spot node back with two minutes' notice
      Then each node taken back was drained and replaced within 2 minutes
      And 0% of the fleet runs on spot
      And capacity never fell below what the traffic needs
      And no customer request was lost

    Scenario: Without spot capacity a migration that has begun goes back to on demand
      Given the first wave is running on spot
      And no spot capacity is left
      When the cloud takes one spot node back with two minutes' notice
      Then the optimization ends rolled back
      And the fleet is exactly as it was before
      And no customer request was lost

    Scenario: Where one other pool has capacity the node comes from there
      Given the fleet has moved to spot
      And spot capacity is left in one other pool only
      When the cloud takes one spot node back with two minutes' notice
      Then each node taken back was drained and replaced within 2 minutes
      And 100% of the fleet runs on spot
      And the new nodes are set up like the old ones
      And no customer request was lost
