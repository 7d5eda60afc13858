Feature: Live progress

  While a change runs in their cloud people look at the screen and not at their work. Each step is told as it begins and as it ends, so that
  nobody has to ask. How events reach the screen, and what happens when a connection breaks, is told with the live updates.

  Background:
    Given customer "Northwind" runs 2 inference nodes on demand
    And the cost agent recommends a spot migration
    And the customer watches the live events

  @REQ-JRN-009
  Rule: The customer must see each step of an optimization live while it runs

    Scenario: Every step is told as it begins and as it ends
      When the customer approves the recommendation
      Then the optimization completes within 10 minutes
      And each step of the optimization was told live
      And each step was told at the moment at which it happened

    Scenario: What is under way is on the screen, and nothing that is to come
      When the first wave runs on spot
      Then the customer has been told of exactly the steps so far
      And the dashboard shows the optimization with the step that is under way
      And the optimization completes within 10 minutes

    @needs_faults
    Scenario: A step that fails is told as failed, and each step undone as undone
      Given the first wave is running on spot
      When the cloud has no more spot capacity
      Then the optimization is rolled back within 5 minutes
      And the customer is told that the step full migration failed, and why
      And the customer was told of each step undone, the last one first
