Feature: Rollback on request

  The customer approved, and may change its mind: while the change is carried out and after it is done. Asking is enough, and asking
  twice does no harm. Rollbacks that OptiInfra begins by itself are told elsewhere.

  Background:
    Given customer "Northwind" runs 2 inference nodes on demand
    And the cost agent recommends a spot migration

  @REQ-RBK-007
  Rule: The customer must be able to roll back a running or a completed change

    @REQ-RBK-005
    Scenario Outline: A change under way at the step <step> is taken back
      Given the migration has come to its step <step>
      When the customer asks for a rollback
      Then the optimization is rolled back within 5 minutes
      And the fleet is exactly as it was before

      Examples: While a wave is watched
        | step                |
        | validate canary     |
        | validate 50 percent |

    @REQ-RBK-005
    Scenario: A change that is still being planned is taken back
      When the customer asks for a rollback while the migration is being planned
      Then the optimization is rolled back within 5 minutes
      And the fleet is exactly as it was before

    @REQ-RBK-005
    Scenario: A change whose saving is still being worked out is taken back
      When the customer asks for a rollback while the migration's saving is worked out
      Then the optimization is rolled back within 5 minutes
      And the fleet is exactly as it was before

    @REQ-RBK-005
    Scenario: A completed change is taken back
      Given the fleet has moved to spot
      When the customer asks for a rollback
      Then the optimization is rolled back within 5 minutes
      And the fleet is exactly as it was before

  @REQ-RBK-012
  Rule: Asking twice for a rollback must change nothing more

    Scenario: Asked again on the way back, the change goes back once
      Given the fleet has moved to spot
      And the change is on its way back
      When the customer asks for a rollback
      Then the optimization is rolled back within 5 minutes
      And the rollback was begun and told once
      And the fleet is exactly as it was before

    Scenario: Asked again afterwards, nothing happens
      Given the fleet has moved to spot
      And the customer has taken the change back
      When the customer asks for a rollback
      Then nothing more was asked of the cloud
      And the rollback was begun and told once
      And the optimization ends rolled back
