Feature: Automatic rollback

  A change that does not hold is taken back without anybody asking: quickly, completely and without the customer's users noticing. Rollback
  at the customer's own request is told elsewhere.

  Background:
    Given customer "Northwind" runs 4 inference nodes on demand
    And the cost agent recommends a spot migration
    And the first wave is running on spot

  @REQ-RBK-002
  Rule: Quality more than 5 percent below the baseline must roll the change back without anybody asking

    @REQ-RBK-005 @REQ-RBK-011
    Scenario: Wrong answers on spot take the migration back
      When quality on spot falls to 94.9% of the baseline
      Then the optimization is rolled back within 5 minutes
      And the fleet is exactly as it was before
      And no saving is booked

  @REQ-RBK-001
  Rule: An optimization whose step fails must end rolled back, with the cause

    @REQ-RBK-005 @REQ-RBK-011
    Scenario: A cloud that refuses further capacity takes the migration back
      When the cloud has no more spot capacity
      Then the optimization is rolled back within 5 minutes
      And its cause names "capacity"
      And the fleet is exactly as it was before
      And no saving is booked
