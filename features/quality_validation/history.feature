@needs_workload_control @needs_clock_control
Feature: Quality over time

  Customers who ask whether their models have become worse want to see it, not to be told. Each figure that was ever measured can therefore be
  had again, for any period, with what it was at the time. Charts and exports are out of scope.

  @REQ-QLT-007
  Rule: Quality figures must be available for any period that was measured

    Background:
      Given customer "Northwind" runs 1 inference node on demand
      And its models answered 97.0% of known questions right for 15 minutes
      And its models answered 99.0% of known questions right for 15 minutes

    Scenario Outline: The <period> of two periods shows what was measured in it
      When the customer looks at the quality of the <period> period
      Then the period is covered by figures of <quality>

      Examples: One after the other
        | period | quality |
        | first  | 97.0%   |
        | second | 99.0%   |

    Scenario: A period in which nothing was measured shows nothing
      When the customer looks at the quality of the hour before it came
      Then there are no figures
