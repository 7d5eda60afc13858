@needs_market_control @needs_workload_control @needs_history @needs_clock_control
Feature: Spot opportunities

  Spot capacity costs a fraction of on-demand capacity, and the cloud may take it back at short notice. OptiInfra therefore
  offers it only where the workload can bear that, with an estimate that the customer can check and with second opinions
  from the other agents. How a migration is carried out is out of scope here.

  @REQ-SPT-001
  Rule: The cost agent may recommend spot capacity only for workloads that tolerate interruption, at low or medium risk

    Scenario Outline: An interruption rate of <rate> is a <risk> risk
      Given customer "Northwind" runs 1 inference node on demand
      And the cloud interrupts <rate> of such spot capacity
      When the cost agent analyses the fleet
      Then spot capacity is recommended at <risk> risk

      Examples: Up to the last rate of each risk
        | rate  | risk   |
        | 5.0%  | low    |
        | 5.1%  | medium |
        | 15.0% | medium |

    Scenario: An interruption rate of 15.1% is too high to be recommended
      Given customer "Northwind" runs 1 inference node on demand
      And the cloud interrupts 15.1% of such spot capacity
      When the cost agent analyses the fleet
      Then no spot capacity is recommended

    Scenario: A workload that does not tolerate interruption stays on demand
      Given customer "Tinker" runs 2 inference nodes on demand
      When the cost agent analyses the fleet
      Then no spot capacity is recommended

    Scenario: Of a mixed fleet only the tolerant nodes are offered a move
      Given customer "Northwind" runs 3 inference nodes on demand
      And one of its nodes does not tolerate interruption
      When the cost agent analyses the fleet
      Then spot capacity is recommended for the other two nodes only

    Scenario: A node whose owner has changed its mind since the advice stays on demand
      Given customer "Northwind" runs 2 inference nodes on demand
      And the cost agent has recommended a spot migration
      And one of its nodes does not tolerate interruption
      When the customer approves the recommendation
      Then the optimization ends failed
      And its cause names "must not be interrupted"
      And the fleet is exactly as it was before

  @REQ-SPT-002
  Rule: The estimated saving must be what the fleet costs now less what it would cost at current spot prices

    Scenario: Whoever knows the published prices comes to the same estimate
      Given customer "Northwind" runs 3 inference nodes on demand
      When the cost agent analyses the fleet
      Then the estimated saving is what usage and prices give

    Scenario: At dearer spot prices the estimate follows
      Given customer "Northwind" runs 2 inference nodes on demand
      And spot capacity costs 55% of on-demand capacity
      When the cost agent analyses the fleet
      Then the estimated saving is what usage and prices give

  @REQ-SPT-003
  Rule: A spot migration must carry the performance agent's approval and a quality baseline before it can be approved

    Scenario: Both opinions are there when the customer decides
      Given customer "Northwind" runs 1 inference node on demand
      When the cost agent analyses the fleet
      Then the performance agent has approved the spot migration
      And it carries the quality baseline that the application agent measured

    Scenario: What the performance agent advises against cannot be approved
      Given customer "Northwind" runs 1 inference node on demand
      And its users are promised answers within 600 milliseconds
      And the cost agent has recommended a spot migration
      When the customer approves the recommendation
      Then the approval is refused because the performance agent has not agreed
      And nothing in the customer's cloud has changed

  @REQ-SPT-004
  Rule: The customer's cloud must stay as it is until the customer approves

    Scenario: Advice alone changes nothing, however low its risk
      Given customer "Northwind" runs 1 inference node on demand
      When 48 hours pass
      Then nothing in the customer's cloud has changed
      And spot capacity is recommended at low risk

    Scenario: A rejected recommendation changes nothing
      Given customer "Northwind" runs 2 inference nodes on demand
      And the cost agent recommends a spot migration
      When the customer rejects the recommendation
      Then nothing in the customer's cloud has changed

  @REQ-SPT-020
  Rule: A customer whose policy forbids interruptible capacity must never be offered it

    Scenario: The regulated bank keeps its capacity, however large the saving
      Given customer "Meridian Bank" runs 2 inference nodes on demand
      And the cloud interrupts 1% of such spot capacity
      And spot capacity costs 10% of on-demand capacity
      When the cost agent analyses the fleet
      Then spot capacity has never been recommended

    Scenario: The same bank is offered spot capacity once its policy allows it
      Given customer "Meridian Bank" runs 2 inference nodes on demand
      And the cloud interrupts 1% of such spot capacity
      And its policy allows interruptible capacity
      When the cost agent analyses the fleet
      Then spot capacity is recommended at low risk

    Scenario: A policy that changes takes the offer back at once
      Given customer "Northwind" runs 1 inference node on demand
      And the cost agent recommends a spot migration
      When its policy forbids interruptible capacity
      Then no spot capacity is recommended
      And nothing in the customer's cloud has changed

    Scenario: No agent elsewhere can offer it either
      Given customer "Meridian Bank" runs 1 inference node on demand
      When an agent of its own recommends a spot migration
      Then that is refused because of the customer's policy
      And spot capacity has never been recommended
