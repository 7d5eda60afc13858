Feature: The dashboard

  The dashboard is what a customer's manager looks at: what the fleet costs, what could be saved, what has been. Three figures that do not
  add up cost more trust than they save money. How an estimate comes about is told with the agents.

  @REQ-JRN-007
  Rule: The dashboard must show spend, potential savings and recommendations, and each total must equal the sum of what it summarises

    Scenario: Several pieces of advice add up
      Given customer "Northwind" runs 3 inference nodes on demand
      And another of its nodes has fallen idle
      When the cost agent analyses the fleet
      Then the dashboard's potential savings are the sum of its recommendations
      And each total of the dashboard is the sum of what it summarises
      And the dashboard's spend is what usage and prices give

    Scenario: A fleet that needs no advice shows what it costs
      Given customer "Tinker" runs 2 inference nodes on demand
      When the cost agent analyses the fleet
      Then each total of the dashboard is the sum of what it summarises
      And the dashboard's spend is what usage and prices give

    Scenario: A rejected recommendation promises nothing any more
      Given customer "Northwind" runs 3 inference nodes on demand
      And the cost agent recommends a spot migration
      When the customer rejects the recommendation
      Then the dashboard no longer counts the recommendation
      And each total of the dashboard is the sum of what it summarises

    Scenario: Two savings add up
      Given customer "Tinker" runs 3 inference nodes on demand
      And the cost agent's idle termination is done
      And another of its nodes has fallen idle
      And the cost agent has recommended an idle termination
      When the customer approves the recommendation
      Then the optimization completes within 10 minutes
      And the dashboard shows the sum of 2 savings
