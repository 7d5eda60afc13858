Feature: A platform that is killed on the way back

  A rollback is the moment at which a customer can bear a half-done job least. OptiInfra is killed here as a power cut would kill it, with
  the cloud and its own records at odds, and started again. Its death on the way forward is told under resilience.

  Background:
    Given customer "Northwind" runs 3 inference nodes on demand
    And the cost agent recommends a spot migration
    And the fleet has moved to spot

  @REQ-RBK-014 @needs_process_control @needs_faults @slow
  Rule: A platform that is killed while it rolls back must finish the rollback when it starts again

    Scenario Outline: Killed before and after undoing <step>, OptiInfra undoes the rest
      When OptiInfra is killed before and after undoing <step> at the customer's request
      Then the optimization is rolled back within 5 minutes
      And the fleet is exactly as it was before
      And every node that was restored was launched once
      And the audit trail shows the rollback's trigger, every step undone and its result

      Examples: Every step that has changed something, in the order in which they are undone
        | step                  |
        | terminate ondemand    |
        | full migration        |
        | scale to 50 percent   |
        | deploy canary         |
        | create spot instances |
