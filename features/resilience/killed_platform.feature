Feature: A killed platform

  OptiInfra changes clouds that are not its own, so it must survive its own death. Here it is killed as a power cut would kill it, with
  the customer's cloud and its own records at odds, and started again. Its death on the way back is told under rollback.

  Background:
    Given customer "Northwind" runs 3 inference nodes on demand
    And the cost agent recommends a spot migration

  @REQ-RES-001 @needs_process_control @needs_faults @slow
  Rule: A platform that is killed at any step of an optimization must finish or undo it after restart, and orphan nothing

    Scenario Outline: Killed before and after the step <step>, OptiInfra completes the migration
      When the customer approves, and OptiInfra is killed before and after the step <step>
      Then the optimization completes within 10 minutes
      And 100% of the fleet runs on spot
      And nothing was launched twice
      And the customer's approval is on record once, with all that came of it

      Examples: Every step of a migration
        | step                  |
        | create spot instances |
        | deploy canary         |
        | validate canary       |
        | scale to 50 percent   |
        | validate 50 percent   |
        | full migration        |
        | terminate ondemand    |
