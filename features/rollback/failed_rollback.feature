Feature: A rollback that cannot be completed

  A cloud may refuse what a rollback needs. Then nobody may believe that all is well: the customer is told what is left to do, and
  OptiInfra claims nothing. A cloud that is merely slow is told elsewhere.

  Background:
    Given customer "Northwind" runs 2 inference nodes on demand
    And the cost agent recommends a spot migration
    And the first wave is running on spot

  @REQ-RBK-010 @needs_faults
  Rule: A rollback that cannot complete must be reported as failed, alert the customer and claim nothing restored

    Scenario: Nodes that may not be ended are told as left behind
      Given the cloud lets OptiInfra end no node any more
      When quality on spot falls below the customer's floor
      Then the optimization ends rollback failed
      And the customer is alarmed by a rollback that could not be completed
      And nothing is claimed to be restored

    Scenario: Traffic that may not be moved is told as left where it is
      Given the cloud lets OptiInfra move no traffic any more
      When the customer asks for a rollback
      Then the optimization ends rollback failed
      And the customer is alarmed by a rollback that could not be completed
      And nothing is claimed to be restored
