Feature: Decided is decided

  A recommendation goes one way: it is made, it is decided or lapses, and what was approved is carried out. People who decide at the same
  time, or change their mind too late, must not turn it back. How a running change is taken back is told elsewhere.

  Background:
    Given customer "Tinker" runs 3 inference nodes on demand
    And the cost agent recommends an idle termination

  @REQ-JRN-017
  Rule: A recommendation must move only along its states: a decided one must not be decided again otherwise

    Scenario: What was rejected cannot be approved
      Given the customer has rejected the recommendation because "the demo is on Monday"
      When the customer approves the recommendation
      Then that is refused because it was decided before
      And the recommendation stays rejected
      And no change has begun

    Scenario: What was approved cannot be rejected
      Given the customer has approved the recommendation
      When the customer rejects the recommendation
      Then that is refused because it was decided before
      And exactly one optimization is started

    Scenario: What has been carried out cannot be rejected
      Given the change that it recommends is done
      When the customer rejects the recommendation
      Then that is refused because it was decided before
      And the recommendation stays completed

    @needs_clock_control
    Scenario: What has lapsed cannot be rejected
      Given an agent has made a recommendation of critical risk
      And 4 hours have passed since
      When the customer rejects the recommendation
      Then the approval is refused because its time is over
      And the recommendation stays expired

    Scenario: The same rejection again is no other decision
      Given the customer has rejected the recommendation because "the demo is on Monday"
      When the customer rejects the recommendation
      Then the first reason is kept
      And the recommendation stays rejected

    Scenario: Of an approval and a rejection at one moment one holds
      When one person approves the recommendation while another rejects it
      Then one of both decisions holds and the other is refused

    Scenario: Its states follow each other in one direction
      When the customer approves the recommendation
      Then the optimization completes within 10 minutes
      And the recommendation was made, approved, begun and completed, in this order
