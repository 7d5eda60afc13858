@needs_workload_control @needs_records @needs_history @needs_clock_control
Feature: Quality baselines

  Whether a change has harmed the answers of a model can only be said by somebody who knows how good they were before. The application agent
  therefore asks the models questions with known answers before anything is changed. How later figures are judged is told elsewhere.

  @REQ-QLT-001
  Rule: The application agent must measure a baseline before any change

    @REQ-SPT-004
    Scenario: The baseline is what the models can do, and older than the change
      Given customer "Northwind" runs 1 inference node that answers 97.3% of known questions right
      And the cost agent recommends a spot migration
      And 10 minutes have passed since
      When the customer approves the recommendation
      Then the optimization completes within 10 minutes
      And a baseline of 97.3% was measured before anything changed in the cloud
      And nothing in the customer's cloud had changed before the approval

    @REQ-SPT-003
    Scenario: Where nothing can be measured nothing may be changed
      Given customer "Northwind" runs 1 inference node that answers no question
      And the cost agent has recommended a spot migration
      When the customer approves the recommendation
      Then the approval is refused because the application agent has not agreed
      And nothing in the customer's cloud has changed
