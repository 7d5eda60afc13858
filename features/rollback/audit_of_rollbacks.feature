Feature: The trail of a rollback

  Somebody asks a year later why a change was taken back, by whom, and what was done. The audit trail must answer that alone. Who may
  read it, and how long it is kept, is out of scope here.

  Background:
    Given customer "Northwind" runs 1 inference node on demand
    And the cost agent recommends a spot migration

  @REQ-RBK-009 @needs_administration
  Rule: The audit trail of a rollback must show its trigger, every step undone and its result

    Scenario: A rollback that OptiInfra began is on the trail with what set it off
      Given the first wave is running on spot
      When quality on spot falls below the customer's floor
      Then the optimization ends rolled back
      And the audit trail shows the rollback's trigger, every step undone and its result
      And the audit trail names bad quality as the trigger, and nobody who asked

    Scenario: A rollback that the customer asked for is on the trail with who asked
      Given the fleet has moved to spot
      When the customer asks for a rollback
      Then the optimization ends rolled back
      And the audit trail shows the rollback's trigger, every step undone and its result
      And the audit trail names the customer who asked as the trigger
