Feature: A platform that is killed between two of its records

  What was decided and how far the work on it has come are kept apart, and no power cut falls into both at once. OptiInfra is killed
  where the one is known already and the other is not. Its death at odds with the cloud is told in a feature of its own.

  Background:
    Given customer "Tinker" runs 3 inference nodes on demand
    And the cost agent recommends an idle termination

  @REQ-RES-001 @needs_process_control @needs_records @needs_faults @needs_history @needs_administration @slow
  Rule: A platform that is killed at any step of an optimization must finish or undo it after restart, and orphan nothing

    Scenario: Killed before it could answer an approval, OptiInfra carries it out once
      When the customer approves, and OptiInfra is killed before it can answer
      Then what was approved is carried out all the same
      And the customer's approval is on record once, with all that came of it
      And the audit trail shows the change's beginning, end and booking once, without a gap

    Scenario: Killed as soon as it has answered an approval, OptiInfra carries it out once
      When the customer approves, and OptiInfra is killed as soon as it has answered
      Then what was approved is carried out all the same
      And the customer's approval is on record once, with all that came of it
      And the audit trail shows the change's beginning, end and booking once, without a gap
