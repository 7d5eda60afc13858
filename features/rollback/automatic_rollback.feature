Feature: Automatic rollback

  A change that does not hold is taken back without anybody asking: quickly, completely and without the customer's users noticing. Rollback
  at the customer's own request is told elsewhere, and so is a rollback that cannot be completed.

  Background:
    Given customer "Northwind" runs 2 inference nodes on demand
    And the cost agent recommends a spot migration

  @REQ-RBK-001
  Rule: An optimization whose step fails must end rolled back, with the cause

    @REQ-RBK-005
    Scenario Outline: A failure at the step <step> takes the migration back
      Given the cloud is about to fail OptiInfra at the step <step>
      When the customer approves the recommendation
      Then the optimization is rolled back within 5 minutes
      And the customer is told that the step <step> failed, and why
      And the fleet is exactly as it was before

      Examples: Every step of a migration
        | step                  |
        | create spot instances |
        | deploy canary         |
        | validate canary       |
        | scale to 50 percent   |
        | validate 50 percent   |
        | full migration        |
        | terminate ondemand    |

    Scenario: A cloud that refuses further capacity takes the migration back
      Given the first wave is running on spot
      When the cloud has no more spot capacity
      Then the optimization is rolled back within 5 minutes
      And its cause names "capacity"
      And the fleet is exactly as it was before

    Scenario: Errors on spot take the migration back
      Given the first wave is running on spot
      When 0.11% of the requests to spot fail
      Then the optimization is rolled back within 5 minutes
      And errors are the reason that the customer is told
      And the fleet is exactly as it was before

  @REQ-RBK-002
  Rule: Quality more than 5 percent below the baseline must roll the change back without anybody asking

    @REQ-RBK-005
    Scenario: Wrong answers on spot take the migration back
      Given the first wave is running on spot
      When quality on spot falls to 94.9% of the baseline
      Then the optimization is rolled back within 5 minutes
      And bad quality is the reason that the customer is told
      And the fleet is exactly as it was before

    Scenario: Quality just at the floor lets the migration go on
      Given the first wave is running on spot
      When quality on spot falls to 95.0% of the baseline
      Then the optimization ends completed

  @REQ-RBK-003
  Rule: Latency beyond the customer's objective must roll the change back

    @REQ-RBK-005
    Scenario: Answers that come a millisecond late take the migration back
      Given its users are promised answers within 800 milliseconds
      And the first wave is running on spot
      When 95% of the answers on spot come within 801 milliseconds
      Then the optimization is rolled back within 5 minutes
      And slowness is the reason that the customer is told
      And the fleet is exactly as it was before

    Scenario: Answers that come just in time let the migration go on
      Given its users are promised answers within 800 milliseconds
      And the first wave is running on spot
      When 95% of the answers on spot come within 800 milliseconds
      Then the optimization ends completed

  @REQ-RBK-004
  Rule: A rollback must complete within 5 minutes of the customer's time

    Scenario: A cloud that is slow to obey does not keep a rollback from its time
      Given the first wave is running on spot
      And the cloud throttles each kind of change for a minute
      When quality on spot falls to 94.9% of the baseline
      Then the optimization is rolled back within 5 minutes
      And the fleet is exactly as it was before

    Scenario: A whole fleet is back on demand in time
      Given the fleet has moved to spot
      When the customer asks for a rollback
      Then the optimization is rolled back within 5 minutes
      And the whole fleet runs on demand again
