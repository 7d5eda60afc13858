Feature: A platform that is killed on the way back

  A rollback is the moment at which a customer can bear a half-done job least. OptiInfra is killed here as a power cut would kill it, with
  the cloud and its own records at odds, and started again. Its death on the way forward is told under resilience.

  Background:
    Given customer "Northwind" runs 3 inference nodes on demand
    And the cost agent recommends a spot migration
    And the fleet has moved to spot

  @REQ-RBK-014 @needs_process_control @needs_records @needs_faults @needs_history @needs_administration @slow
  Rule: A platform that is killed while it rolls back must finish the rollback when it starts again

    Scenario Outline: Killed before and after undoing each step of the <ordinal> wave, OptiInfra undoes the rest
      When OptiInfra is killed around undoing each step of the <ordinal> wave on request
      Then the optimization is rolled back within 5 minutes
      And the fleet is exactly as it was before
      And every node that was restored was launched once
      And the rollback was begun and told once
      And the audit trail shows the rollback's trigger, every step undone and its result

      Examples: Every step that has changed something, as they are undone; the request comes before, the verdict after them
        | ordinal |
        | third   |
        | second  |
        | first   |
