Feature: Partial rollback

  A customer often approves several changes at once. Where they have nothing to do with each other, the failure of one is no reason to
  lose the other. Changes that build on each other are told under conflict resolution.

  Background:
    Given customer "Acme Corp" runs 1 inference node on demand
    And the cost agent recommends a spot migration
    And the performance agent recommends to tune another of its deployments

  @REQ-RBK-008
  Rule: Where parts of a change are independent, only the failed part must be undone

    Scenario: The part that fails goes back, the other one stays
      Given the cloud is about to fail OptiInfra at the step deploy canary
      When the customer approves all of them together
      Then only the cost agent's change is taken back
      And nothing but the settings of the tuned deployment has changed

    Scenario: The part that the customer wants back goes back, the other one stays
      Given both changes have been carried out together
      When the customer asks for a rollback of the cost agent's change
      Then only the cost agent's change is taken back
      And nothing but the settings of the tuned deployment has changed
