Feature: A killed platform

  OptiInfra changes clouds that are not its own, so it must survive its own death. Here it is killed as a power cut would kill it, with
  the customer's cloud and its own records at odds, and started again. Its death on the way back is told under rollback.

  Background:
    Given customer "Northwind" runs 3 inference nodes on demand
    And the cost agent recommends a spot migration

  @REQ-RES-001 @needs_process_control @needs_records @needs_faults @needs_history @needs_administration @slow
  Rule: A platform that is killed at any step of an optimization must finish or undo it after restart, and orphan nothing

    Scenario Outline: Killed before and after each step of the <ordinal> wave, OptiInfra completes the migration
      When the customer approves, and OptiInfra is killed around each step of the <ordinal> wave
      Then the optimization completes within 10 minutes
      And 100% of the fleet runs on spot
      And nothing was launched twice
      And the customer's approval is on record once, with all that came of it
      And the audit trail shows the change's beginning, end and booking once, without a gap
      And the booked saving is what usage and prices give

      Examples: Every step of a migration, the last wave with the booking
        | ordinal |
        | first   |
        | second  |
        | third   |
