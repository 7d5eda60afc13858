Feature: What is learnt from a rollback

  Advice that has just proved wrong must not come back the next morning as if nothing had happened. OptiInfra remembers it, and waits
  for a week before it says the same again. How experience changes the confidence in advice is told elsewhere.

  Background:
    Given customer "Northwind" runs 1 inference node on demand
    And the cost agent recommends a spot migration
    And the first wave is running on spot

  @REQ-RBK-013 @needs_clock_control
  Rule: A rolled-back change must be remembered and must not be recommended again unchanged within the cool-down

    Scenario: A change that was taken back is remembered with how it ended
      When quality on spot falls below the customer's floor
      Then the optimization ends rolled back
      And it is remembered as a change that was taken back

    Scenario: One second before the week is over the same is not advised again
      Given the customer has taken the change back
      And all but one second of 7 days have passed since
      When the cost agent analyses the fleet
      Then no spot capacity is recommended

    Scenario: After a week the same may be advised again
      Given the customer has taken the change back
      And 7 days have passed since
      When the cost agent analyses the fleet
      Then spot capacity is recommended at low risk
