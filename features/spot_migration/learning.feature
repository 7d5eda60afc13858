@needs_workload_control @needs_records @needs_clock_control
Feature: Learning from migrations

  What went well once is more likely to go well again, and customers trust advice that names its precedent. OptiInfra therefore remembers
  how each migration ended and lets that speak for, or against, fleets like it. Which figures make fleets alike is out of scope here.

  Background:
    Given customer "Northwind" runs 1 inference node on demand
    And the cost agent recommends a spot migration

  @REQ-SPT-014
  Rule: A successful migration must be remembered and make the next recommendation for a similar fleet more confident

    Scenario: What a migration promised and what it saved is remembered
      When the customer approves the recommendation
      Then the optimization completes within 10 minutes
      And it is remembered as a success with what it promised and saved

    Scenario: The next recommendation for a similar fleet is more confident
      Given the fleet has moved to spot
      When the customer adds a fleet of g5.12xlarge nodes
      Then its move to spot is recommended with more confidence than the first
      And the migration is named as the precedent

    Scenario Outline: A fleet <difference> is judged on its own
      Given the fleet has moved to spot
      When the customer adds a fleet <difference>
      Then its move to spot is recommended with as much confidence as the first
      And no precedent is named

      Examples: Not similar
        | difference                                  |
        | of g6.12xlarge nodes                        |
        | that serves "mistralai/Mistral-7B-Instruct" |

    Scenario: A migration that failed its customer makes the next recommendation less confident
      Given the fleet was moved back because of its quality
      When the customer adds a fleet of g5.12xlarge nodes
      Then its move to spot is recommended with less confidence than the first
      And the migration is named as the precedent
