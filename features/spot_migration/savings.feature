@needs_market_control @needs_workload_control @needs_history @needs_clock_control
Feature: Savings of a migration

  Customers pay OptiInfra by what it saves them, so every figure must survive a check against their own bill. Here each claim is recomputed
  from what the account really used and what the market really charged. How savings are presented or invoiced is out of scope.

  @REQ-SPT-008
  Rule: A completed migration of a wholly on-demand fleet must lower its monthly cost by at least 40%

    Scenario: At spot prices of 60.0% of the on-demand price the cost falls just far enough
      Given customer "Northwind" runs 1 inference node on demand
      And spot capacity costs 60.0% of on-demand capacity
      And the cost agent has recommended a spot migration
      When the customer approves the recommendation
      Then the optimization completes within 10 minutes
      And the fleet costs at least 40% less than before

    Scenario: At spot prices of 60.1% of the on-demand price nobody is advised to move
      Given customer "Northwind" runs 1 inference node on demand
      And spot capacity costs 60.1% of on-demand capacity
      When the cost agent analyses the fleet
      Then no spot capacity is recommended

    Scenario: Where the price has risen since the advice the fleet stays where it is
      Given customer "Northwind" runs 1 inference node on demand
      And the cost agent recommends a spot migration
      And spot capacity costs 60.1% of on-demand capacity
      When the customer approves the recommendation
      Then the optimization ends failed
      And nothing in the customer's cloud has changed

  @REQ-SPT-013
  Rule: The saving that is booked must equal what usage and prices bill, within 1%

    Scenario: Book and dashboard show what the account really saves
      Given customer "Northwind" runs 2 inference nodes on demand
      And the cost agent recommends a spot migration
      When the customer approves the recommendation
      Then the optimization completes within 10 minutes
      And the booked saving is what usage and prices give
      And the dashboard's realised savings are what usage and prices give
      And the dashboard's spend is what usage and prices give

    Scenario: A price that moves on the way is booked as it is in the end
      Given customer "Northwind" runs 1 inference node on demand
      And the cost agent recommends a spot migration
      And the first wave is running on spot
      When the spot price moves to 55% of the on-demand price
      Then the optimization completes within 10 minutes
      And the booked saving is what usage and prices give

    Scenario: The next hour's bill is lower by what was booked
      Given customer "Northwind" runs 1 inference node on demand
      And spot capacity costs 40% of on-demand capacity
      And the cost agent has recommended a spot migration
      And 60 minutes have passed since
      And the fleet has moved to spot
      When 60 minutes pass
      Then the bill of the last 60 minutes is lower by the booked saving

    Scenario: A migration that is taken back books nothing
      Given customer "Northwind" runs 1 inference node on demand
      And the cost agent recommends a spot migration
      And the first wave is running on spot
      When quality on spot falls to 94.9% of the baseline
      Then the optimization is rolled back within 5 minutes
      And the dashboard's realised savings are what usage and prices give
      And the dashboard's spend is what usage and prices give
