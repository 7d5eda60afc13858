Feature: Gradual rollout onto spot capacity

  Spot capacity is cheap because the cloud may take it back at short notice. OptiInfra therefore moves a fleet in
  waves and watches the customer's quality floor before each next wave. Choosing what to move is out of scope here.

  Background:
    Given customer "Northwind" runs 20 inference nodes on demand
    And the cost agent recommends a spot migration
    And the customer's users ask without a pause

  @REQ-SPT-007
  Rule: Traffic must move to spot in waves of 10, 50 and 100 percent

    @REQ-SPT-009 @REQ-SPT-010
    Scenario: Healthy waves carry the whole fleet to spot
      When the customer approves the recommendation
      Then the optimization completes within 10 minutes
      And 10%, then 50%, then 100% of the traffic went to spot
      And 100% of the fleet runs on spot
      And no customer request was lost

  @REQ-SPT-009
  Rule: A wave may start only after the previous wave has been healthy for the whole watch period

    @REQ-SPT-010
    Scenario: An unhealthy first wave is the last one
      Given the first wave is running on spot
      When quality on spot falls below the customer's floor
      Then the whole fleet runs on demand again
      And never more than 10% of the traffic went to spot
      And no customer request was lost
