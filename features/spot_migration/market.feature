@needs_clock_control
Feature: Moods of the spot market

  Spot capacity runs out, becomes dear and is sold by a cloud that is sometimes too busy to answer. OptiInfra buys only what can do the
  customer's work, and leaves the fleet as it was where the market does not play along. How savings are computed is out of scope here.

  @REQ-SPT-006
  Rule: Spot capacity must be at least as large, of the same accelerator, and spread over more than one pool

    Background:
      Given customer "Northwind" runs 2 inference nodes on demand

    Scenario Outline: However cheap "<type>" is, it replaces no "g5.12xlarge"
      Given spot capacity of type "<type>" costs 1% of on-demand capacity
      And the cost agent has recommended a spot migration
      When the customer approves the recommendation
      Then the optimization ends completed
      And the new nodes are at least as large and of the same accelerator
      And the new nodes are set up like the old ones
      And the new nodes come from at least 2 pools

      Examples: Too small, and of another accelerator
        | type        |
        | g5.16xlarge |
        | g6.12xlarge |

    Scenario: Where one pool alone has capacity the fleet does not move there
      Given the cost agent recommends a spot migration
      And spot capacity is left in one other pool only
      When the customer approves the recommendation
      Then the optimization ends rolled back
      And its cause names "more than one pool"
      And the fleet is exactly as it was before

  @REQ-SPT-017
  Rule: A migration that finds no spot capacity must end without having changed the fleet

    Background:
      Given customer "Northwind" runs 8 inference nodes on demand
      And spot capacity costs 40% of on-demand capacity
      And the cost agent has recommended a spot migration

    Scenario: Without any capacity nothing is even begun
      Given no spot capacity is left
      When the customer approves the recommendation
      Then the optimization ends failed
      And its cause names "capacity"
      And the fleet is exactly as it was before

    Scenario: With capacity for some of the nodes only the fleet goes back
      Given spot capacity is left for two nodes each in 3 pools
      When the customer approves the recommendation
      Then the optimization ends rolled back
      And OptiInfra has launched 6 nodes in all
      And the fleet is exactly as it was before

    Scenario: What one pool gives only in part comes from the others
      Given spot capacity is left for two nodes each in 4 pools
      When the customer approves the recommendation
      Then the optimization ends completed
      And the cloud gave fewer nodes at a time than it was asked for
      And OptiInfra has launched 8 nodes in all

  @REQ-SPT-018
  Rule: A migration must stop and go back when the spot price rises above the price that makes it worth while

    Background:
      Given customer "Northwind" runs 1 inference node on demand
      And the cost agent recommends a spot migration
      And the first wave is running on spot

    Scenario: A price that rises to 60.1% during the first wave takes the migration back
      When the spot price moves to 60.1% of the on-demand price
      Then the optimization ends rolled back
      And its cause names "price"
      And never more than 10% of the traffic went to spot
      And the fleet is exactly as it was before

    Scenario: A price that rises to 60.1% during the second wave takes the migration back
      Given the second wave has followed
      When the spot price moves to 60.1% of the on-demand price
      Then the optimization ends rolled back
      And its cause names "price"
      And the fleet is exactly as it was before

    Scenario: A price that rises to 60.0% is still worth while
      When the spot price moves to 60.0% of the on-demand price
      Then the optimization ends completed
      And 100% of the traffic goes to spot

  @REQ-SPT-019
  Rule: A cloud that throttles must only slow a migration down, and never make it create anything twice

    Background:
      Given customer "Northwind" runs 1 inference node on demand
      And the cost agent recommends a spot migration

    Scenario Outline: A cloud that throttles <calls> slows the migration down
      Given the cloud throttles <calls> 3 times
      When the customer approves the recommendation
      Then the optimization ends completed
      And the optimization took more than 6 minutes
      And OptiInfra has launched one node in all
      And 100% of the fleet runs on spot

      Examples: One call, and each of them
        | calls             |
        | launches          |
        | registrations     |
        | shifts of traffic |
        | endings of nodes  |
        | every call        |

    Scenario Outline: A cloud that loses its answer to <calls> is asked again and does nothing twice
      Given the cloud loses its answer to <calls>
      When the customer approves the recommendation
      Then the optimization ends completed
      And OptiInfra has launched one node in all
      And 100% of the fleet runs on spot

      Examples: What would be done twice
        | calls             |
        | launches          |
        | new target groups |
        | endings of nodes  |

    Scenario: A cloud that goes on throttling ends the migration, and nothing is left of it
      Given the cloud throttles launches 100 times
      When the customer approves the recommendation
      Then the optimization ends rolled back
      And OptiInfra has launched no nodes in all
      And the fleet is exactly as it was before
