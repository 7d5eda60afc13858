Feature: Gradual rollout onto spot capacity

  Spot capacity is cheap because the cloud may take it back at short notice. OptiInfra therefore moves a fleet in
  waves and watches the customer's quality floor before each next wave. Choosing what to move is out of scope here.

  @REQ-SPT-005
  Rule: A migration must pass through its seven steps in their order

    Background:
      Given customer "Northwind" runs 1 inference node on demand
      And the cost agent recommends a spot migration

    @REQ-SPT-021
    Scenario: Seven steps are taken one after the other, within the time
      When the customer approves the recommendation
      Then the optimization ends completed
      And the seven steps were taken one after the other
      And the cloud saw the changes of these steps in the same order
      And the optimization completes within 10 minutes

    @REQ-SPT-009
    Scenario: A step that fails is the last one
      Given the first wave is running on spot
      When quality on spot falls below the customer's floor
      Then the whole fleet runs on demand again
      And no step was begun after the one that failed
      And never more than 10% of the traffic went to spot

  @REQ-SPT-007
  Rule: Traffic must move to spot in waves of 10, 50 and 100 percent

    @REQ-SPT-009
    Scenario: Healthy waves carry the whole fleet to spot
      Given customer "Northwind" runs 20 inference nodes on demand
      And the cost agent recommends a spot migration
      When the customer approves the recommendation
      Then the optimization ends completed
      And 10%, then 50%, then 100% of the traffic went to spot
      And 2, then 10, then 20 spot nodes carried the waves
      And 100% of the fleet runs on spot

  @REQ-SPT-009 @needs_clock_control
  Rule: A wave may start only after the previous wave has been healthy for the whole watch period

    Background:
      Given customer "Northwind" runs 1 inference node on demand
      And the cost agent recommends a spot migration
      And the first wave is running on spot

    Scenario: A healthy first wave is followed by the second
      When 3 minutes pass
      Then 50% of the traffic goes to spot

    Scenario: One second before the end of the watch period nothing moves
      When 179 seconds pass
      Then 10% of the traffic goes to spot

    Scenario: A first wave that falls ill in its last minute is the last one
      Given 2 minutes have passed since
      When quality on spot falls below the customer's floor
      Then the whole fleet runs on demand again
      And never more than 10% of the traffic went to spot

    Scenario: A first wave in which 95.0% of the requests succeed is followed by the second
      Given 95.0% of the requests on spot succeed
      When 3 minutes pass
      Then 50% of the traffic goes to spot

    Scenario: A first wave in which 94.9% of the requests succeed is the last one
      Given 94.9% of the requests on spot succeed
      When 3 minutes pass
      Then the whole fleet runs on demand again
      And its cause names "94.9%"
      And never more than 10% of the traffic went to spot

  @REQ-SPT-010 @needs_traffic
  Rule: A fleet that migrates must never lose a request of the customer's users

    Background:
      Given customer "Northwind" runs 2 inference nodes on demand
      And the cost agent recommends a spot migration
      And the customer's users ask without a pause

    Scenario: Users notice nothing of a migration, however slowly its nodes start
      Given spot nodes load their model for 30 seconds
      When the customer approves the recommendation
      Then the optimization ends completed
      And no customer request was lost

    Scenario: Users notice nothing of a migration that is taken back
      Given the first wave is running on spot
      And the second wave has followed
      When quality on spot falls below the customer's floor
      Then the whole fleet runs on demand again
      And no customer request was lost

  @REQ-SPT-011 @needs_traffic
  Rule: Quality must stay at or above 95% of the baseline throughout a migration that completes

    Background:
      Given customer "Northwind" runs 1 inference node on demand
      And the cost agent recommends a spot migration
      And the first wave is running on spot

    @REQ-QLT-003
    Scenario: At exactly 95.0% of the baseline a migration completes
      When quality on spot falls to 95.0% of the baseline
      Then the optimization ends completed
      And no quality alarm has been raised
      And the customer's users get 95.0% of their answers right

    @REQ-SPT-009 @REQ-SPT-012 @REQ-QLT-002
    Scenario: A second wave at 94.9% of the baseline is the last one
      Given the second wave has followed
      When quality on spot falls to 94.9% of the baseline
      Then a degradation of 5.1% is detected within 3 minutes
      And the optimization ends rolled back
      And never more than 50% of the traffic went to spot
      And none of the customer's own nodes was ended
      And the customer's users get 100% of their answers right

  @REQ-SPT-012
  Rule: On-demand instances may be terminated only after all traffic is served by healthy spot capacity, and only those replaced

    Scenario: Nodes that were not replaced go on
      Given customer "Northwind" runs 3 inference nodes on demand
      And one of its nodes does not tolerate interruption
      And the cost agent has recommended a spot migration
      When the customer approves the recommendation
      Then the optimization ends completed
      And only the 2 replaced nodes were ended
      And on-demand capacity was ended last, when healthy spot capacity had its traffic

  @REQ-SPT-021
  Rule: A migration must complete within 10 minutes of the customer's time, watch periods included

    Scenario: A migration that is held up beyond its time goes back
      Given customer "Northwind" runs 1 inference node on demand
      And the cost agent recommends a spot migration
      And the cloud throttles each kind of change for a minute
      When the customer approves the recommendation
      Then the optimization ends rolled back
      And its cause names "10 minutes"
      And 0% of the traffic goes to spot

  @REQ-SPT-022
  Rule: A fleet of fewer than ten nodes must migrate too, its first wave being one node

    Scenario Outline: A fleet of <nodes> moves with <first>, then <second>, then <last> nodes
      Given customer "Northwind" runs <nodes> inference nodes on demand
      And the cost agent recommends a spot migration
      When the customer approves the recommendation
      Then the optimization ends completed
      And <first>, then <second>, then <last> spot nodes carried the waves
      And 100% of the fleet runs on spot

      Examples:
        | nodes | first | second | last |
        | 1     | 1     | 1      | 1    |
        | 2     | 1     | 1      | 2    |
        | 3     | 1     | 2      | 3    |
        | 9     | 1     | 5      | 9    |
