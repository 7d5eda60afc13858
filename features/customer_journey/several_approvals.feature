Feature: Several approvals at once

  A customer who comes back from a week off approves everything in one go. Some of it belongs in an order, some of it excludes each other,
  and none of it may get into the way of the rest. How conflicts are settled is told with the orchestrator.

  Background:
    Given customer "Tinker" runs 2 inference nodes on demand

  @REQ-JRN-015
  Rule: Approving several recommendations at once must fix an order of execution that respects their conflicts

    Scenario: What depends on something else comes after it
      Given the agents recommend
        | agent       | recommendation | about       | needs          |
        | performance | stay on demand | first node  |                |
        | performance | stay on demand | second node | stay on demand |
      When the customer approves all of them together, the last one first
      Then the order of execution follows what they need
      And each of them is carried out, nothing before what it needs

    Scenario: Of two that exclude each other one is dropped
      Given the cost agent and the performance agent disagree about one node
      When the customer approves all of them together
      Then one is carried out and the other is dropped in its favour

    Scenario: What has nothing to do with each other is all carried out
      Given the agents recommend
        | agent       | recommendation | about       |
        | performance | stay on demand | first node  |
        | performance | stay on demand | second node |
      When the customer approves all of them together
      Then each of them is carried out, nothing before what it needs

    @needs_clock_control
    Scenario: One that has lapsed holds up all
      Given the agents recommend
        | agent       | recommendation | about       | risk     |
        | performance | stay on demand | first node  | medium   |
        | performance | stay on demand | second node | critical |
      And 4 hours have passed since
      When the customer approves all of them together
      Then the approval is refused because its time is over
      And no change has begun
