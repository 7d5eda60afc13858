Feature: What a rollback restores

  After a rollback the customer must find what it had: nodes, shares of the traffic, settings, and OptiInfra's own records of them. Its
  users must not have noticed anything, and nobody may book a saving for it. When and why changes are taken back is told elsewhere.

  @REQ-RBK-005
  Rule: After a rollback the customer's instances, traffic shares and settings must be what they were before the change

    Background:
      Given customer "Northwind" runs 2 inference nodes on demand
      And the cost agent recommends a spot migration

    @needs_records
    Scenario: A migration that was half done leaves no trace, not even in OptiInfra's records
      Given what OptiInfra keeps of the fleet is noted
      And the migration has come to its step validate 50 percent
      When the customer asks for a rollback
      Then the optimization ends rolled back
      And what OptiInfra keeps of the fleet is what it was before
      And the fleet is exactly as it was before

    Scenario: Settings that were tuned are what they were
      Given the engine of its models has been tuned on advice
      When the customer asks for a rollback
      Then the optimization ends rolled back
      And the fleet is exactly as it was before

  @REQ-RBK-006 @needs_traffic
  Rule: A request must never be lost while a change is rolled back

    Background:
      Given customer "Northwind" runs 2 inference nodes on demand
      And the cost agent recommends a spot migration

    Scenario: Users of a fleet that goes back whole notice nothing, however slow the cloud
      Given the fleet has moved to spot
      And the customer's users ask without a pause
      And the cloud throttles each kind of change for a minute
      When the customer asks for a rollback
      Then the optimization is rolled back within 5 minutes
      And no request was lost on the way back

    Scenario: Users of a wave that is taken back notice nothing
      Given the first wave is running on spot
      And the customer's users ask without a pause
      And the cloud throttles each kind of change for a minute
      When quality on spot falls to 94.9% of the baseline
      Then the optimization is rolled back within 5 minutes
      And no request was lost on the way back

  @REQ-RBK-011
  Rule: A change that was rolled back must book no saving

    Background:
      Given customer "Northwind" runs 1 inference node on demand
      And the cost agent recommends a spot migration

    Scenario: A migration that failed saves nothing
      Given the first wave is running on spot
      When quality on spot falls below the customer's floor
      Then the optimization ends rolled back
      And no saving is booked

    Scenario: A saving that was booked is taken out of the book again
      Given the fleet has moved to spot
      When the customer asks for a rollback
      Then the optimization ends rolled back
      And no saving is booked
