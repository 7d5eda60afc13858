Feature: Monitoring that goes on

  The first saving is not the last: loads and prices move, and a fleet that was right in spring is wrong in summer. The agents therefore
  never stop looking, whatever became of the last change. How a change ends is told elsewhere.

  @REQ-JRN-011
  Rule: All four agents must keep monitoring the customer after an optimization has ended

    Scenario: After a change that was completed everybody looks on
      Given customer "Tinker" runs 3 inference nodes on demand
      And the cost agent's idle termination is done
      When 1 hour passes
      Then all four agents look again within 10 minutes

    @needs_workload_control
    Scenario: After a change that was taken back everybody looks on
      Given customer "Northwind" runs 2 inference nodes on demand
      And the cost agent recommends a spot migration
      And the fleet was moved back because of its quality
      When 1 hour passes
      Then all four agents look again within 10 minutes

    Scenario: Waste that comes later is found without asking
      Given customer "Tinker" runs 3 inference nodes on demand
      And the cost agent's idle termination is done
      When another of its nodes falls idle
      Then the cost agent advises another idle termination within 10 minutes

    @needs_faults
    Scenario: A look that fails is followed by the next
      Given customer "Tinker" runs 3 inference nodes on demand
      And the cost agent's idle termination is done
      When the cloud has refused all questions for 10 minutes
      Then all four agents look again within 10 minutes
